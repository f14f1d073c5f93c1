// Where pairs of tokens occur. A pair is known once the later of its tokens is made, so pairs come in groups,
// one for each merge, and no list of occurrences ever grows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokenize {

/// The left id in the high half, so that keys order like pairs of ids.
constexpr std::uint32_t pair_key(tokens::TokenId left, tokens::TokenId right) {
  return std::uint32_t{left} << 16 | right;
}
constexpr tokens::TokenId left_of(std::uint32_t key) {
  return static_cast<tokens::TokenId>(key >> 16);
}
constexpr tokens::TokenId right_of(std::uint32_t key) {
  return static_cast<tokens::TokenId>(key & 0xffff);
}

/// A pair at the position of its left token; sorts by pair, then position.
constexpr std::uint64_t occurrence(std::uint32_t key, std::uint32_t at) {
  return std::uint64_t{key} << 32 | at;
}

/// Not an occurrence; sorts behind all of them.
inline constexpr std::uint64_t kNoOccurrence = UINT64_MAX;

/// Text of a position, in O(1) for texts of more than a few tokens.
class TextIndex {
 public:
  TextIndex(std::vector<std::uint32_t> ends, std::vector<std::uint32_t> repos,
            std::vector<std::uint64_t> weights);

  std::uint32_t repo(std::uint32_t at) const { return repos_[text(at)]; }
  std::uint64_t weight(std::uint32_t at) const { return weights_.empty() ? 1 : weights_[text(at)]; }

 private:
  std::size_t text(std::uint32_t at) const;

  std::vector<std::uint32_t> ends_;
  std::vector<std::uint32_t> repos_;
  std::vector<std::uint64_t> weights_;         ///< by text; empty when each is 1
  std::vector<std::uint32_t> first_of_block_;  ///< first text of each block of positions
};

struct Pair {
  std::uint64_t count = 0;  ///< weighted; kept exact by the trainer
  std::uint32_t key = 0;
  std::uint32_t begin = 0;  ///< of its positions in the group
  std::uint32_t end = 0;
};

class PairGroup {
 public:
  /// `occurrences` in any order, kNoOccurrence among them; pairs that count less than `min_count` are
  /// dropped.
  PairGroup(std::vector<std::uint64_t> occurrences, const TextIndex& texts, std::uint64_t min_count);

  /// nullptr when dropped or unknown.
  Pair* find(std::uint32_t key);

  const std::vector<Pair>& pairs() const { return pairs_; }  ///< by key, ascending

  /// Ascending; the pair may no longer be there.
  std::span<const std::uint32_t> positions(const Pair& pair) const {
    return std::span(positions_).subspan(pair.begin, pair.end - pair.begin);
  }

 private:
  std::vector<Pair> pairs_;
  std::vector<std::uint32_t> positions_;
};

}  // namespace palimpsest::tokenize
