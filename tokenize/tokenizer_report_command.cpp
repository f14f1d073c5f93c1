#include "tokenize/tokenizer_report_command.h"

#include <cstdio>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/stage.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/manifest.h"
#include "common/tokens/tokenizer_json.h"
#include "tokenize/inherited_vocabulary.h"
#include "tokenize/report_table.h"
#include "tokenize/tokenizer_report.h"
#include "tokenize/vocabulary_trainer.h"

namespace palimpsest::tokenize {
namespace {

EncodingVocabulary load(const std::filesystem::path& path) {
  const std::filesystem::path file = tokenizer_file(path);
  return {io::read_file(file), file.string()};
}

EncodingVocabulary baseline_of(const ReportOptions& options, std::size_t vocab_size,
                               const TrainingCorpus& corpus) {
  if (!options.baseline.empty()) return load(options.baseline);
  const tokens::Vocabulary plain = train_plain_bpe(training_preset(options.plain_preset), vocab_size, corpus);
  return {to_tokenizer_json(plain), "plain BPE"};
}

void validate(const ReportOptions& options) {
  validate(options.text);
  if (options.tokenizer.empty() || options.documents.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "nothing to report on",
                      {.expected = "--tokenizer DIR and --documents DIR"});
  }
}

}  // namespace

void add_report_command(base::Stage& stage) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App& app =
      stage.add("report", "Compression, superwords, unused tokens; beside a plain BPE of the same size",
                [options](auto&) { std::fputs(report_table(run_report(*options)).c_str(), stdout); });
  app.add_option("-t,--tokenizer", options->tokenizer, "Directory with tokenizer.json, or that file");
  app.add_option("-d,--documents", options->documents, "Output directory of `ingest run`");
  app.add_option("--baseline", options->baseline,
                 "Tokenizer to compare with; without it, a plain BPE is trained on the same text");
  app.add_option("--plain-preset", options->plain_preset, "Preset whose words the plain BPE merges in")
      ->check(CLI::IsMember(training_preset_names()))
      ->capture_default_str();
  app.add_option("--json", options->json, "Also write the report to this file");
  app.add_option("--threads", options->threads, "0 = one per core")->check(CLI::NonNegativeNumber);
  add_text_options(app, options->text);
}

io::Json run_report(const ReportOptions& options) {
  validate(options);
  const EncodingVocabulary vocabulary = load(options.tokenizer);
  io::read_manifest(options.documents, io::kDocumentsStage);
  base::RunOptions run;
  run.threads = options.threads;
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(run)));
  const TrainingCorpus corpus =
      load_training_corpus(options.documents, options.text.split, options.text.max_text_bytes());
  const std::size_t size = vocabulary.vocabulary.tokens.size();
  io::Json report = vocabulary_report(vocabulary, preset_of_pattern(vocabulary.vocabulary.pattern), corpus);
  report["comparison"] = comparison_report(report, baseline_of(options, size, corpus), corpus);
  if (!options.json.empty()) io::write_json(options.json, report);
  return report;
}

}  // namespace palimpsest::tokenize
