#include "common/tokens/vocabulary.h"

#include <algorithm>
#include <utility>

namespace palimpsest::tokens {

Vocabulary base_vocabulary(std::string pattern) {
  Vocabulary vocabulary;
  vocabulary.pattern = std::move(pattern);
  vocabulary.tokens.resize(kSpecialCount);
  for (const std::uint8_t byte : bytes_by_symbol()) {
    vocabulary.tokens.emplace_back(1, static_cast<char>(byte));
  }
  return vocabulary;
}

bool spells_special(std::string_view bytes) {
  return std::find(kSpecialTokens.begin(), kSpecialTokens.end(), bytes) != kSpecialTokens.end();
}

}  // namespace palimpsest::tokens
