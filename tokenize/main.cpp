#include "common/base/stage.h"
#include "tokenize/encode_command.h"
#include "tokenize/tokenizer_report_command.h"
#include "tokenize/train_command.h"

int main(int argc, char** argv) {
  palimpsest::base::Stage stage("tokenize", "Learns a SuperBPE vocabulary from documents and applies it.");
  palimpsest::tokenize::add_train_command(stage);
  palimpsest::tokenize::add_report_command(stage);
  palimpsest::tokenize::add_encode_command(stage);
  palimpsest::tokenize::add_decode_command(stage);
  return stage.run(argc, argv);
}
