#include "common/base/openmp.h"
#include "common/base/stage.h"
#include "train/export_command.h"
#include "train/run_command.h"

int main(int argc, char** argv) {
  palimpsest::base::restart_with_short_openmp_spins(argv);
  palimpsest::base::Stage stage("train", "Trains a framework-routed masked-diffusion model on shards.");
  palimpsest::train::add_run_command(stage);
  palimpsest::train::add_export_command(stage);
  return stage.run(argc, argv);
}
