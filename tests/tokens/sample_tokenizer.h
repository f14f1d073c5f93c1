// A tokenizer with a few hand-made merges, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::test {

/// Adds the merge of two tokens by their bytes.
inline void add_merge(tokens::Vocabulary& vocabulary, const std::string& left, const std::string& right) {
  const auto id = [&](const std::string& bytes) {
    for (std::size_t i = tokens::kSpecialCount; i < vocabulary.tokens.size(); ++i) {
      if (vocabulary.tokens[i] == bytes) return static_cast<tokens::TokenId>(i);
    }
    vocabulary.tokens.push_back(bytes);
    return static_cast<tokens::TokenId>(vocabulary.tokens.size() - 1);
  };
  const auto left_id = id(left);
  const auto right_id = id(right);
  vocabulary.merges.push_back({left_id, right_id, id(left + right)});
}

inline tokens::Vocabulary sample_vocabulary(const std::string& pattern = "[0-9]{1,3}") {
  tokens::Vocabulary vocabulary = tokens::base_vocabulary(pattern);
  for (const auto& [left, right] : std::vector<std::pair<std::string, std::string>>{{"r", "e"},
                                                                                    {"t", "u"},
                                                                                    {"\n", " "},
                                                                                    {"re", "tu"},
                                                                                    {"r", "n"},
                                                                                    {"retu", "rn"},
                                                                                    {"\n ", " "},
                                                                                    {"\n  ", "return"},
                                                                                    {"1", "2"},
                                                                                    {"12", "3"},
                                                                                    {"a", "b"},
                                                                                    {"b", "c"},
                                                                                    {"ab", "c"},
                                                                                    {"a", "a"}}) {
    add_merge(vocabulary, left, right);
  }
  return vocabulary;
}

inline tokens::Tokenizer sample_tokenizer() {
  return tokens::Tokenizer::parse(tokens::to_tokenizer_json(sample_vocabulary()), "sample");
}

}  // namespace palimpsest::test
