// `bench` and `make-tasks` without a model: the commands of `evaluate` where there is no LibTorch.
#include "common/base/stage.h"
#include "evaluate/bench/bench_command.h"
#include "evaluate/bench/make_tasks_command.h"

int main(int argc, char** argv) {
  palimpsest::base::Stage stage("bench_cli", "The benchmark with baselines only.");
  palimpsest::bench::add_bench_command(stage);
  palimpsest::bench::add_make_tasks_command(stage);
  return stage.run(argc, argv);
}
