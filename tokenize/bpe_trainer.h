// Stage 1: BPE inside words, merge for merge what Hugging Face's BpeTrainer does.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/tokens/vocabulary.h"
#include "tokenize/corpus_counts.h"

namespace palimpsest::tokenize {

struct WordMergeLimits {
  std::size_t vocab_size = 0;       ///< stop here
  std::size_t max_token_bytes = 0;  ///< no longer token; HF's max_token_length is this plus 1
  std::uint64_t min_count = 1;      ///< HF's min_frequency
};

/// Appends tokens and merges to a base_vocabulary() until a limit is reached. The pair with the highest count
/// merges first; among equals, the smallest pair of ids. Counts are 64-bit. `on_merge` is called after each
/// merge. One difference to Hugging Face: no merge spells a special token.
void train_words(const std::vector<WordCount>& words, const WordMergeLimits& limits,
                 tokens::Vocabulary& vocabulary, const std::function<void()>& on_merge = {});

}  // namespace palimpsest::tokenize
