// `evaluate report` without the rest of evaluate: the tests of the page need no LibTorch.
#include "common/base/stage.h"
#include "evaluate/report/report_command.h"

int main(int argc, char** argv) {
  palimpsest::base::Stage stage("evaluate", "Writes a report.");
  palimpsest::evaluate::add_report_command(stage);
  return stage.run(argc, argv);
}
