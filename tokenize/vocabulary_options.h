// Options of `tokenize train`, and those that `tokenize report` shares.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/options.h"
#include "common/tokens/repository_split.h"
#include "tokenize/presets.h"

namespace CLI {
class App;
}

namespace palimpsest::tokenize {

/// Which text is held. `tokenize report` has the same.
struct TextOptions {
  tokens::SplitOptions split;
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;  ///< of the whole process, about

  /// Text that memory_bytes allows for.
  std::uint64_t max_text_bytes() const;
};

void add_text_options(CLI::App& app, TextOptions& options);

/// Throws Error{kUsage}.
void validate(const TextOptions& options);

struct VocabularyOptions {
  base::RunOptions run;
  std::filesystem::path documents;     ///< output of `ingest run`
  std::string preset = "code";         ///< pre-tokenizer patterns
  std::string units = kUnitsByPreset;  ///< what no merge crosses
  std::size_t vocab_size = 8192;       ///< entries, specials and bytes included
  std::size_t transition = 0;          ///< entries at which stage 2 begins; 0 = by transition_share
  double transition_share = 0.75;      ///< of vocab_size
  std::size_t max_token_bytes = 48;    ///< both stages
  std::size_t max_words = 4;           ///< stage 2: words in a token
  std::size_t min_repos = 5;           ///< stage 2: repositories in which a superword occurs
  std::uint64_t min_count = 2;         ///< occurrences of a pair that is merged
  std::string veto;                    ///< stage 2: regular expression that no token matches; empty = none
  std::filesystem::path extend;        ///< tokenizer.json whose merges replace stage 1; empty = none
  bool balance = false;                ///< every label counts as much as the most frequent one
  TextOptions text;

  /// vocab_size, or what transition_share makes of it.
  std::size_t transition_size() const;

  /// min_count in the unit of the counts.
  std::uint64_t min_weighted_count() const;
};

void add_vocabulary_options(CLI::App& app, VocabularyOptions& options);

/// Throws Error{kUsage}.
void validate(const VocabularyOptions& options);

}  // namespace palimpsest::tokenize
