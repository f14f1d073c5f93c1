#include "tokenize/train_command.h"

#include <cstdio>
#include <memory>

#include <CLI/App.hpp>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/stage.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/tokens/tokenizer_json.h"
#include "tokenize/inherited_vocabulary.h"
#include "tokenize/tokenizer_report.h"
#include "tokenize/vocabulary_trainer.h"

namespace palimpsest::tokenize {
namespace {

void print_result(const io::Json& report, const std::filesystem::path& out) {
  const io::Json& compression = report["compression"];
  const bool has_valid = compression["valid"].contains(kAllLabels);
  const io::Json& measured = compression[has_valid ? "valid" : "train"];
  std::printf("tokenize train: %zu tokens, %zu of them superwords, %.3f bytes per token on %s text -> %s\n",
              report["tokens"].get<std::size_t>(), report["superwords"]["count"].get<std::size_t>(),
              measured[kAllLabels]["bytes_per_token"].get<double>(), has_valid ? "validation" : "training",
              out.c_str());
}

void warn_about(const io::Json& report) {
  for (const io::Json& gap : report["split_gaps"]) spdlog::warn("split: {}", gap.get<std::string>());
  const auto reached = report["tokens"].get<std::size_t>();
  const auto wanted = report["vocab_size"]["wanted"].get<std::size_t>();
  if (reached < wanted) {
    spdlog::warn("the text yields {} tokens only, not {}: no pair is left that the limits allow", reached,
                 wanted);
  }
}

void warn_about_sample(const TrainingCorpus& corpus) {
  const HeldText held = corpus.held();
  if (held.held == held.bytes) return;
  spdlog::warn("learning from {} of {} text bytes, a sample over repositories and labels; see --memory",
               held.held, held.bytes);
}

io::Manifest plan_of(const VocabularyOptions& options, const std::map<std::string, std::string>& config) {
  io::Manifest plan{.stage = kTrainStage,
                    .tool_version = {},
                    .config = config,
                    .inputs = {{"documents", io::manifest_digest(options.documents)}},
                    .outputs = {}};
  tokens::add_split_inputs(options.text.split, plan.inputs);
  if (!options.extend.empty()) {
    plan.inputs["extend"] = base::sha256_file_hex(tokenizer_file(options.extend));
  }
  return plan;
}

io::Json train_report(const VocabularyOptions& options, const TrainedVocabulary& trained, io::Json measured) {
  io::Json report = {
      {"preset", options.preset},
      {"units", options.units},
      {"vocab_size", {{"wanted", options.vocab_size}, {"reached", trained.vocabulary.tokens.size()}}},
      {"transition", {{"wanted", options.transition_size()}, {"reached", trained.stage1_size}}}};
  report.update(measured);
  return report;
}

}  // namespace

void add_train_command(base::Stage& stage) {
  const auto options = std::make_shared<VocabularyOptions>();
  CLI::App& app = stage.add("train", "Learns a vocabulary from the training repositories",
                            [options](auto& sub) { run_train(*options, base::resolved_config(sub)); });
  base::add_run_options(app, options->run);
  app.add_option("-d,--documents", options->documents, "Output directory of `ingest run`")
      ->group(base::kRunGroup);
  add_vocabulary_options(app, *options);
}

void run_train(const VocabularyOptions& options, const std::map<std::string, std::string>& config) {
  validate(options);
  io::read_manifest(options.documents, io::kDocumentsStage);
  io::OutputDirectory output(options.run.out, plan_of(options, config), options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("tokenize train: up to date, nothing to do -> %s\n", options.run.out.c_str());
    return;
  }
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  TrainingCorpus corpus =
      load_training_corpus(options.documents, options.text.split, options.text.max_text_bytes());
  warn_about_sample(corpus);
  if (options.balance) balance_labels(corpus.train);
  PhaseSeconds seconds;
  const TrainedVocabulary trained = train_vocabulary(options, corpus, seconds);
  const std::string json = to_tokenizer_json(trained.vocabulary);
  const io::Json report = train_report(
      options, trained,
      vocabulary_report({json, tokens::kTokenizerFile}, training_preset(options.preset), corpus));
  io::write_file_atomically(output.partial_path(tokens::kTokenizerFile), json);
  io::write_file_atomically(output.partial_path(tokens::kTokenizerConfigFile),
                            tokens::tokenizer_config_json());
  io::write_file_atomically(output.partial_path(tokens::kSpecialTokensMapFile),
                            tokens::special_tokens_map_json());
  io::write_json(output.partial_path(kReportFile), report);
  output.publish({{"vocab_size", trained.vocabulary.tokens.size()},
                  {"merges", trained.vocabulary.merges.size()},
                  {"train_documents", corpus.train.size()},
                  {"valid_documents", corpus.valid.size()}});
  io::write_json(options.run.out / io::kTimingsName, seconds);
  warn_about(report);
  print_result(report, options.run.out);
}

}  // namespace palimpsest::tokenize
