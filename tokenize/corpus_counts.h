// The training text as what the two stages learn from: counted words, and token ids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/tokenizer.h"
#include "tokenize/presets.h"
#include "tokenize/training_text.h"

namespace palimpsest::tokenize {

struct WordCount {
  std::string bytes;
  std::uint64_t count = 0;
};

/// Distinct pre-tokens of all units with their weighted counts, sorted by bytes. Runs on the threads of the
/// calling arena.
std::vector<WordCount> count_pre_tokens(const std::vector<TrainingText>& texts,
                                        const tokens::PreTokenizer& pre_tokenizer,
                                        UnitCut cut = UnitCut::kDocument);

/// Ids of all texts, one after the other.
struct TokenCorpus {
  std::vector<tokens::TokenId> ids;
  std::vector<std::uint32_t> pre_token_ends;  ///< positions in ids behind each pre-token, ascending
  std::vector<std::uint32_t> text_ends;       ///< the same for texts
  std::vector<std::uint32_t> text_repos;      ///< repository number of each text
  std::vector<std::uint64_t> text_weights;    ///< of each text; empty when each is 1
};

/// Encodes each pre-token of `pre_tokenizer` in each unit on its own. Throws Error{kBadData} at 2^32 tokens.
TokenCorpus encode_corpus(const std::vector<TrainingText>& texts, const tokens::PreTokenizer& pre_tokenizer,
                          const tokens::Tokenizer& tokenizer, UnitCut cut = UnitCut::kDocument);

}  // namespace palimpsest::tokenize
