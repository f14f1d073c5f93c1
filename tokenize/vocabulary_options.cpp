#include "tokenize/vocabulary_options.h"

#include <algorithm>
#include <cmath>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/tokens/vocabulary.h"
#include "tokenize/token_sequence.h"
#include "tokenize/token_veto.h"
#include "tokenize/training_text.h"

namespace palimpsest::tokenize {
namespace {

/// Bytes of memory a byte of held text costs at the peak of training, measured and rounded up; see README.md.
constexpr std::uint64_t kMemoryPerTextByte = 10;

constexpr std::uint64_t kMinMemoryBytes = std::uint64_t{64} << 20;

void require(bool condition, const char* option, const std::string& got, const std::string& expected) {
  if (condition) return;
  throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + option,
                    {.got = got, .expected = expected});
}

}  // namespace

std::uint64_t TextOptions::max_text_bytes() const {
  return memory_bytes / kMemoryPerTextByte;
}

void add_text_options(CLI::App& app, TextOptions& options) {
  tokens::add_split_options(app, options.split);
  app.add_option("--memory", options.memory_bytes,
                 "Memory to stay within, about; with more text a sample over repositories and labels is used")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
}

void validate(const TextOptions& options) {
  tokens::validate(options.split);
  require(options.memory_bytes >= kMinMemoryBytes, "--memory", std::to_string(options.memory_bytes),
          std::to_string(kMinMemoryBytes) + " or more");
}

std::size_t VocabularyOptions::transition_size() const {
  if (transition > 0) return transition;
  const auto share =
      static_cast<std::size_t>(std::llround(transition_share * static_cast<double>(vocab_size)));
  return std::max(share, tokens::kBaseVocabularySize);
}

std::uint64_t VocabularyOptions::min_weighted_count() const {
  return balance ? min_count * kBalancedWeight : min_count;
}

void add_vocabulary_options(CLI::App& app, VocabularyOptions& options) {
  const auto add = [&app](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->capture_default_str();
  };
  add("--preset", options.preset, "Pre-tokenizer patterns")->check(CLI::IsMember(training_preset_names()));
  add("--units", options.units, "What no merge crosses; preset = document for code, line for superbpe")
      ->check(CLI::IsMember({kUnitsByPreset, kUnitsLine, kUnitsDocument}));
  add("--vocab-size", options.vocab_size, "Entries of the vocabulary, special tokens and bytes included");
  add("--transition", options.transition, "Entries at which stage 2 begins; 0 = --transition-share");
  add("--transition-share", options.transition_share, "The same, as a part of --vocab-size");
  add("--max-token-bytes", options.max_token_bytes, "Longest token, bytes");
  add("--max-words", options.max_words, "Most words in a token of stage 2");
  add("--min-repos", options.min_repos, "Repositories in which a superword must occur");
  add("--min-count", options.min_count, "Occurrences that a pair needs to be merged");
  add("--veto", options.veto, "Regular expression (PCRE2): no token of stage 2 matches it");
  add("--extend", options.extend,
      "tokenizer.json whose merges replace stage 1: all, or up to --transition entries");
  app.add_flag("--balance", options.balance, "Let every label count as much as the most frequent one");
  add_text_options(app, options.text);
}

void validate(const VocabularyOptions& options) {
  base::validate(options.run);
  validate(options.text);
  training_preset(options.preset);
  if (!options.veto.empty()) TokenVeto{options.veto};
  if (options.documents.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no documents",
                      {.expected = "--documents DIR, the output of `ingest run`"});
  }
  require(
      options.vocab_size >= tokens::kBaseVocabularySize && options.vocab_size <= tokens::kMaxVocabularySize,
      "--vocab-size", std::to_string(options.vocab_size),
      std::to_string(tokens::kBaseVocabularySize) + " (specials and bytes) to " +
          std::to_string(tokens::kMaxVocabularySize));
  require(options.transition_share > 0 && options.transition_share <= 1, "--transition-share",
          std::to_string(options.transition_share), "more than 0, at most 1");
  require(options.transition_size() >= tokens::kBaseVocabularySize &&
              options.transition_size() <= options.vocab_size,
          "--transition", std::to_string(options.transition),
          std::to_string(tokens::kBaseVocabularySize) + " to --vocab-size");
  require(options.max_token_bytes >= 2 && options.max_token_bytes <= TokenSequence::kMaxLength,
          "--max-token-bytes", std::to_string(options.max_token_bytes),
          "2 to " + std::to_string(TokenSequence::kMaxLength));
  require(options.max_words >= 1, "--max-words", "0", "1 or more");
  require(options.min_repos >= 1, "--min-repos", "0", "1 or more");
  require(options.min_count >= 1, "--min-count", "0", "1 or more");
}

}  // namespace palimpsest::tokenize
