#include "common/base/stage.h"
#include "shard/build_command.h"
#include "shard/inspect_command.h"
#include "shard/merge_command.h"
#include "shard/stats_command.h"
#include "shard/verify_command.h"

int main(int argc, char** argv) {
  palimpsest::base::Stage stage("shard", "Packs documents into rows of token ids for training.");
  palimpsest::shard::add_build_command(stage);
  palimpsest::shard::add_merge_command(stage);
  palimpsest::shard::add_verify_command(stage);
  palimpsest::shard::add_inspect_command(stage);
  palimpsest::shard::add_stats_command(stage);
  return stage.run(argc, argv);
}
