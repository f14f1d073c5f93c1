// `tokenize report`: what a tokenizer is worth on documents, beside a plain BPE or another tokenizer.
#pragma once

#include <filesystem>
#include <string>

#include "common/io/json.h"
#include "tokenize/vocabulary_options.h"

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::tokenize {

struct ReportOptions {
  std::filesystem::path tokenizer;    ///< directory with tokenizer.json, or that file
  std::filesystem::path documents;    ///< output of `ingest run`
  std::filesystem::path baseline;     ///< tokenizer to compare with; empty = a plain BPE is trained
  std::string plain_preset = "code";  ///< whose stage-1 pattern the plain BPE has
  std::filesystem::path json;         ///< where the report goes as JSON; empty = nowhere
  int threads = 0;                    ///< 0 = one per core
  TextOptions text;
};

void add_report_command(base::Stage& stage);

/// Returns the report and writes it to options.json. Throws Error{kUsage}, Error{kBadData} or
/// Error{kEnvironment}.
io::Json run_report(const ReportOptions& options);

}  // namespace palimpsest::tokenize
