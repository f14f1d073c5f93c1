// Stage 2: goes on merging across words, on the flat encoding of the text (SuperBPE, arXiv 2503.13423).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/vocabulary.h"
#include "tokenize/corpus_counts.h"

namespace palimpsest::tokenize {

struct SuperwordLimits {
  std::size_t vocab_size = 0;       ///< stop here
  std::size_t max_token_bytes = 0;  ///< no longer token; at most TokenSequence::kMaxLength
  std::size_t max_words = 0;        ///< no token with more words, see count_words()
  std::size_t min_repos = 1;        ///< a superword's pair occurs in that many repositories when it merges
  std::uint64_t min_count = 1;      ///< no pair that counts less
  std::function<bool(std::string_view bytes)> veto = {};  ///< no token for which this is true; empty = none
};

/// Appends tokens and merges to `vocabulary`, whose flat encoding `corpus` is. The pair with the most
/// occurrences (adjacent positions inside a pre-token, by the weight of their text) merges first; among
/// equals, the smallest pair of ids. A pair that spells a token or a special that exists is left alone,
/// because its merge would let a lower rank apply after a higher one and the counts would no longer be those
/// of the encoder. Each merge costs O(n log n), n = the occurrences of the pair. Beside the corpus it needs
/// about 12 bytes a token while it starts and 5 later. Runs on the threads of the calling arena; their number
/// changes nothing.
void train_superwords(TokenCorpus corpus, const tokens::PreTokenizer& stage1, const SuperwordLimits& limits,
                      tokens::Vocabulary& vocabulary, const std::function<void()>& on_merge = {});

}  // namespace palimpsest::tokenize
