// The text that a vocabulary is learned from, in memory, in input order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/repository_split.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::tokenize {

struct TrainingText {
  std::string text;
  std::string label;       ///< framework of the file
  std::uint32_t repo = 0;  ///< number of the repository
};

/// Documents by split; all of them are held in memory.
struct TrainingCorpus {
  std::vector<TrainingText> train;
  std::vector<TrainingText> valid;
  std::size_t train_repositories = 0;
  tokens::RepositorySplit split;
};

/// Throws Error{kBadData} when no training text is left.
TrainingCorpus load_training_corpus(const std::filesystem::path& documents,
                                    const tokens::SplitOptions& options);

struct WordCount {
  std::string bytes;
  std::uint64_t count = 0;
};

/// Distinct pre-tokens with their counts, sorted by bytes. Runs on the threads of the calling arena.
std::vector<WordCount> count_pre_tokens(const std::vector<TrainingText>& texts,
                                        const tokens::PreTokenizer& pre_tokenizer);

/// Ids of all texts, one after the other.
struct TokenCorpus {
  std::vector<tokens::TokenId> ids;
  std::vector<std::uint32_t> pre_token_ends;  ///< positions in ids behind each pre-token, ascending
  std::vector<std::uint32_t> text_ends;       ///< the same for texts
  std::vector<std::uint32_t> text_repos;      ///< repository number of each text
};

/// Encodes each pre-token of `pre_tokenizer` on its own. Throws Error{kBadData} at 2^32 tokens.
TokenCorpus encode_corpus(const std::vector<TrainingText>& texts, const tokens::PreTokenizer& pre_tokenizer,
                          const tokens::Tokenizer& tokenizer);

}  // namespace palimpsest::tokenize
