// Longest-match search over the bytes of tokens, in a double-array trie.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

/// Eight bytes a node, so that the trie of a usual vocabulary stays in the L2 cache. Immutable and
/// thread-safe.
class TokenTrie {
 public:
  /// The tokens of `ids`, whose bytes stand in `tokens`: not empty and all different.
  TokenTrie(std::span<const std::string> tokens, std::span<const TokenId> ids);

  /// The longest token that begins `text`; 0 (a special) when there is none.
  TokenId longest(std::string_view text) const { return longest(text.begin(), text.end()); }
  template <typename Iterator>
  TokenId longest(Iterator begin, Iterator end) const {
    TokenId id = 0;
    std::uint32_t base = root_;
    for (; begin != end; ++begin) {
      const auto byte = static_cast<std::uint8_t>(*begin);
      const Node node = nodes_[base ^ byte];
      if (node.label != byte) break;
      id = node.id;
      base = node.base;
    }
    return id;
  }

 private:
  static constexpr std::uint16_t kFree = UINT16_MAX;
  struct Node {
    std::uint32_t base = 0;  ///< the child over a byte is at base ^ byte
    TokenId id = 0;          ///< of the longest token among this node and those above it
    std::uint16_t label =
        kFree;  ///< the byte that leads here; no two nodes share a base, so it tells children apart
  };
  class Builder;

  std::vector<Node> nodes_;
  std::uint32_t root_ = 0;
};

}  // namespace palimpsest::tokens
