// Options of `tokenize train`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/options.h"
#include "common/tokens/repository_split.h"

namespace palimpsest::tokenize {

struct VocabularyOptions {
  base::RunOptions run;
  std::filesystem::path documents;   ///< output of `ingest run`
  std::string preset = "code";       ///< pre-tokenizer patterns
  std::size_t vocab_size = 8192;     ///< entries, specials and bytes included
  std::size_t transition = 0;        ///< entries at which stage 2 begins; 0 = by transition_share
  double transition_share = 0.75;    ///< of vocab_size
  std::size_t max_token_bytes = 48;  ///< both stages
  std::size_t max_words = 4;         ///< stage 2: words in a token
  std::size_t min_repos = 5;         ///< stage 2: repositories in which a superword occurs
  std::uint64_t min_count = 2;       ///< occurrences of a pair that is merged
  tokens::SplitOptions split;

  /// vocab_size, or what transition_share makes of it.
  std::size_t transition_size() const;
};

/// Throws Error{kUsage}.
void validate(const VocabularyOptions& options);

}  // namespace palimpsest::tokenize
