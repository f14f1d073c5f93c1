// The token ids of a text, merged in place: about 2.3 bytes a token.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokenize {

/// A token stands at its first position. One that covers n > 1 positions leaves n in its second and in its
/// last position, so that neighbours are found without links. Not thread-safe while merging.
class TokenSequence {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// Most positions of one token.
  static constexpr std::size_t kMaxLength = UINT16_MAX;

  /// `pre_token_ends`: positions behind each pre-token, ascending; no pair crosses them. Fewer than 2^32 ids.
  TokenSequence(std::vector<tokens::TokenId> ids, std::span<const std::uint32_t> pre_token_ends);

  std::uint32_t size() const { return static_cast<std::uint32_t>(ids_.size()); }

  /// Whether a token stands at the position, and not the rest of one.
  bool has_token(std::uint32_t at) const { return !inside_[at]; }

  tokens::TokenId operator[](std::uint32_t at) const { return ids_[at]; }

  /// Position of the token behind the token at `at` in the same pre-token, or kNone.
  std::uint32_t next(std::uint32_t at) const {
    const std::uint32_t behind = at + length(at);
    return behind == size() || begins_[behind] ? kNone : behind;
  }

  std::uint32_t previous(std::uint32_t at) const {
    if (begins_[at]) return kNone;
    return inside_[at - 1] ? at - ids_[at - 1] : at - 1;
  }

  /// Joins the token at `at` with the next one. REQUIRES one, and at most kMaxLength positions together.
  void merge(std::uint32_t at, tokens::TokenId result) {
    const std::uint32_t right = next(at);
    const std::uint32_t joined = right - at + length(right);
    inside_[right] = true;
    ids_[at] = result;
    ids_[at + 1] = static_cast<tokens::TokenId>(joined);
    ids_[at + joined - 1] = static_cast<tokens::TokenId>(joined);
  }

 private:
  std::uint32_t length(std::uint32_t at) const {
    return at + 1 < size() && inside_[at + 1] ? ids_[at + 1] : 1;
  }

  std::vector<tokens::TokenId> ids_;
  std::vector<bool> inside_;  ///< by position: part of the token to its left
  std::vector<bool> begins_;  ///< by position: a pre-token begins here
};

}  // namespace palimpsest::tokenize
