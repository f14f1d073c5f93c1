#include "tokenize/train_command.h"

#include <cstdio>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/base/stage.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "tokenize/bpe_trainer.h"
#include "tokenize/superword_trainer.h"
#include "tokenize/tokenizer_report.h"
#include "tokenize/training_text.h"

namespace palimpsest::tokenize {
namespace {

constexpr tokens::PreTokenizerPreset kPreset = tokens::kCodePreset;

/// Counts a merge; a vocabulary in training is not worth keeping, so a signal ends it at once.
std::function<void()> count_merges(base::Progress& progress) {
  return [&progress] {
    base::throw_if_stopped();
    progress.add();
  };
}

std::size_t run_stage1(const VocabularyOptions& options, const TrainingCorpus& corpus,
                       const tokens::PreTokenizer& stage1, tokens::Vocabulary& vocabulary) {
  const WordMergeLimits limits{.vocab_size = options.transition_size(),
                               .max_token_bytes = options.max_token_bytes,
                               .min_count = options.min_count};
  base::Progress progress("stage 1", limits.vocab_size - vocabulary.tokens.size(), "merges");
  train_words(count_pre_tokens(corpus.train, stage1), limits, vocabulary, count_merges(progress));
  return vocabulary.tokens.size();
}

void run_stage2(const VocabularyOptions& options, const TrainingCorpus& corpus,
                const tokens::PreTokenizer& stage1, tokens::Vocabulary& vocabulary) {
  if (vocabulary.tokens.size() >= options.vocab_size) return;
  if (corpus.train_repositories < options.min_repos) {
    spdlog::warn("no superwords: {} training repositories, and one must occur in {}; see --min-repos",
                 corpus.train_repositories, options.min_repos);
  }
  const SuperwordLimits limits{.vocab_size = options.vocab_size,
                               .max_token_bytes = options.max_token_bytes,
                               .max_words = options.max_words,
                               .min_repos = options.min_repos,
                               .min_count = options.min_count};
  const auto encoder = tokens::Tokenizer::parse(to_tokenizer_json(vocabulary), "stage 1");
  TokenCorpus ids = encode_corpus(corpus.train, {vocabulary.pattern, "preset"}, encoder);
  base::Progress progress("stage 2", limits.vocab_size - vocabulary.tokens.size(), "merges");
  train_superwords(std::move(ids), stage1, limits, vocabulary, count_merges(progress));
}

void print_result(const io::Json& report, const std::filesystem::path& out) {
  const io::Json& compression = report["compression"];
  const bool has_valid = compression["valid"].contains(kAllLabels);
  const io::Json& measured = compression[has_valid ? "valid" : "train"];
  std::printf("tokenize train: %zu tokens, %zu of them superwords, %.3f bytes per token on %s text -> %s\n",
              report["vocab_size"]["reached"].get<std::size_t>(),
              report["superwords"]["count"].get<std::size_t>(),
              measured[kAllLabels]["bytes_per_token"].get<double>(), has_valid ? "validation" : "training",
              out.c_str());
}

void warn_about(const io::Json& report) {
  for (const io::Json& gap : report["split_gaps"]) spdlog::warn("split: {}", gap.get<std::string>());
  const auto reached = report["vocab_size"]["reached"].get<std::size_t>();
  const auto wanted = report["vocab_size"]["wanted"].get<std::size_t>();
  if (reached < wanted) {
    spdlog::warn("the text yields {} tokens only, not {}: no pair is left that the limits allow", reached,
                 wanted);
  }
}

}  // namespace

void add_train_command(base::Stage& stage) {
  const auto options = std::make_shared<VocabularyOptions>();
  CLI::App& app = stage.add("train", "Learns a vocabulary from the training repositories",
                            [options](auto& sub) { run_train(*options, base::resolved_config(sub)); });
  base::add_run_options(app, options->run);
  app.add_option("-d,--documents", options->documents, "Output directory of `ingest run`")
      ->group(base::kRunGroup);
  const auto add = [&app](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->capture_default_str();
  };
  add("--preset", options->preset, "Pre-tokenizer patterns")
      ->check(CLI::IsMember({std::string(kPreset.name)}));
  add("--vocab-size", options->vocab_size, "Entries of the vocabulary, special tokens and bytes included");
  add("--transition", options->transition, "Entries at which stage 2 begins; 0 = --transition-share");
  add("--transition-share", options->transition_share, "The same, as a part of --vocab-size");
  add("--max-token-bytes", options->max_token_bytes, "Longest token, bytes");
  add("--max-words", options->max_words, "Most words in a token of stage 2");
  add("--min-repos", options->min_repos, "Repositories in which a superword must occur");
  add("--min-count", options->min_count, "Occurrences that a pair needs to be merged");
  tokens::add_split_options(app, options->split);
}

void run_train(const VocabularyOptions& options, const std::map<std::string, std::string>& config) {
  validate(options);
  io::read_manifest(options.documents, io::kDocumentsStage);
  io::Manifest plan{.stage = kTrainStage,
                    .tool_version = {},
                    .config = config,
                    .inputs = {{"documents", io::manifest_digest(options.documents)}},
                    .outputs = {}};
  io::OutputDirectory output(options.run.out, std::move(plan), options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("tokenize train: up to date, nothing to do -> %s\n", options.run.out.c_str());
    return;
  }
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  const TrainingCorpus corpus = load_training_corpus(options.documents, options.split);
  const tokens::PreTokenizer stage1{std::string(kPreset.stage1), "preset"};
  tokens::Vocabulary vocabulary = tokens::base_vocabulary(std::string(kPreset.stage2));
  TrainingSummary summary;
  summary.stage1_size = run_stage1(options, corpus, stage1, vocabulary);
  run_stage2(options, corpus, stage1, vocabulary);
  summary.reached_size = vocabulary.tokens.size();
  summary.merges = vocabulary.merges.size();

  const std::string json = to_tokenizer_json(vocabulary);
  const auto tokenizer = tokens::Tokenizer::parse(json, tokens::kTokenizerFile);
  const io::Json report = tokenizer_report(options, summary, corpus, stage1, tokenizer);
  io::write_file_atomically(output.partial_path(tokens::kTokenizerFile), json);
  io::write_file_atomically(output.partial_path(tokens::kTokenizerConfigFile),
                            tokens::tokenizer_config_json());
  io::write_file_atomically(output.partial_path(tokens::kSpecialTokensMapFile),
                            tokens::special_tokens_map_json());
  io::write_json(output.partial_path(kReportFile), report);
  output.publish({{"vocab_size", summary.reached_size},
                  {"merges", summary.merges},
                  {"train_documents", corpus.train.size()},
                  {"valid_documents", corpus.valid.size()}});
  warn_about(report);
  print_result(report, options.run.out);
}

}  // namespace palimpsest::tokenize
