#include "common/base/openmp.h"
#include "common/base/stage.h"
#include "evaluate/bench/bench_command.h"
#include "evaluate/bench/make_tasks_command.h"
#include "evaluate/infill_command.h"
#include "evaluate/model_filler.h"
#include "evaluate/report/report_command.h"
#include "evaluate/routing/routing_command.h"
#include "evaluate/score/score_command.h"

int main(int argc, char** argv) {
  palimpsest::base::restart_with_short_openmp_spins(argv);
  palimpsest::base::Stage stage("evaluate",
                                "Scores a trained model, fills holes with it, and writes a report.");
  palimpsest::evaluate::add_score_command(stage);
  palimpsest::evaluate::add_routing_command(stage);
  palimpsest::evaluate::add_infill_command(stage);
  palimpsest::bench::add_bench_command(stage, palimpsest::evaluate::model_source());
  palimpsest::bench::add_make_tasks_command(stage);
  palimpsest::evaluate::add_report_command(stage);
  return stage.run(argc, argv);
}
