// A byte-level BPE vocabulary: the bytes of each token and the merges by rank.
#pragma once

#include <string>
#include <vector>

#include "common/tokens/byte_symbols.h"
#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

/// Ids are 16 bits wide.
inline constexpr std::size_t kMaxVocabularySize = 65536;

/// Specials and byte symbols: what every vocabulary begins with.
inline constexpr std::size_t kBaseVocabularySize = kSpecialCount + kByteCount;

/// `left` and `right`, side by side, become `result`.
struct MergeRule {
  TokenId left = 0;
  TokenId right = 0;
  TokenId result = 0;

  bool operator==(const MergeRule&) const = default;
};

struct Vocabulary {
  std::vector<std::string> tokens;  ///< bytes by id; empty for specials
  std::vector<MergeRule> merges;    ///< by rank; the lowest rank merges first
  std::string pattern;              ///< of the pre-tokens that no merge crosses; empty = whole text
};

/// Specials, then every byte in the order of bytes_by_symbol(); no merges.
Vocabulary base_vocabulary(std::string pattern);

/// Whether the bytes spell a special token. No merge may make such a token, or text could become a special.
bool spells_special(std::string_view bytes);

}  // namespace palimpsest::tokens
