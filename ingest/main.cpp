#include "common/base/stage.h"
#include "ingest/commands.h"

int main(int argc, char** argv) {
  palimpsest::base::Stage stage("ingest",
                                "Turns TypeScript repositories and packages into labelled documents.");
  palimpsest::ingest::add_run_command(stage);
  palimpsest::ingest::add_merge_command(stage);
  palimpsest::ingest::add_explain_command(stage);
  return stage.run(argc, argv);
}
