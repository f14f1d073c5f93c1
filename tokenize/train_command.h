// `tokenize train`: documents in, tokenizer.json with its companions and report.json out.
#pragma once

#include <map>
#include <string>

#include "tokenize/vocabulary_options.h"

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::tokenize {

/// The stage name in the manifest.
inline constexpr const char* kTrainStage = "tokenize train";

inline constexpr const char* kReportFile = "report.json";

void add_train_command(base::Stage& stage);

/// `config` is what the manifest records. Prints a one-line result on stdout.
void run_train(const VocabularyOptions& options, const std::map<std::string, std::string>& config);

}  // namespace palimpsest::tokenize
