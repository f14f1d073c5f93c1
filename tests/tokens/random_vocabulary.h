// Vocabularies of random merges over a few letters, where tokens overlap in every way and some are
// unreachable.
#pragma once

#include <algorithm>
#include <string>

#include "common/base/random.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::test {

/// At most `merges` merges of tokens of at most `max_bytes` bytes over `letters`; each comes after those of
/// its parts.
inline tokens::Vocabulary random_vocabulary(base::Random& random, std::string_view letters,
                                            std::size_t merges, std::size_t max_bytes,
                                            const std::string& pattern = "") {
  tokens::Vocabulary vocabulary = tokens::base_vocabulary(pattern);
  std::vector<std::string> known;
  for (const char letter : letters) known.emplace_back(1, letter);
  for (std::size_t i = 0; i < merges; ++i) {
    const std::string left = known[random.below(known.size())];
    const std::string right = known[random.below(known.size())];
    if (left.size() + right.size() > max_bytes || std::count(known.begin(), known.end(), left + right) > 0)
      continue;
    known.push_back(left + right);
    add_merge(vocabulary, left, right);
  }
  return vocabulary;
}

inline std::string random_letters(base::Random& random, std::string_view letters, std::size_t size) {
  std::string text(size, ' ');
  for (char& c : text) c = letters[random.below(letters.size())];
  return text;
}

}  // namespace palimpsest::test
