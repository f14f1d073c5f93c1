#include "common/tokens/token_trie.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/tokens/byte_symbols.h"

namespace palimpsest::tokens {

/// Places the children of each node, breadth first, so that the upper levels lie together.
class TokenTrie::Builder {
 public:
  Builder(TokenTrie& trie, std::span<const std::string> tokens, std::vector<TokenId> sorted)
      : trie_(trie), tokens_(tokens), sorted_(std::move(sorted)) {}

  void build() {
    trie_.root_ = place(0, sorted_.size(), 0, 0);
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const Range range = open_[i];
      const std::uint32_t base = place(range.begin, range.end, range.depth, range.node);
      trie_.nodes_[range.node].base = base;
    }
  }

 private:
  /// sorted_[begin, end) share their first `depth` bytes, which lead to `node`.
  struct Range {
    std::size_t begin;
    std::size_t end;
    std::size_t depth;
    std::uint32_t node;
  };

  std::uint8_t byte(std::size_t i, std::size_t depth) const {
    return static_cast<std::uint8_t>(tokens_[sorted_[i]][depth]);
  }

  /// Makes the child nodes of a range; returns their base.
  std::uint32_t place(std::size_t begin, std::size_t end, std::size_t depth, std::uint32_t node) {
    while (begin < end && tokens_[sorted_[begin]].size() == depth) {
      trie_.nodes_[node].id = sorted_[begin++];
    }
    std::vector<Range> children;
    for (std::size_t i = begin; i < end; ++i) {
      if (i == begin || byte(i, depth) != byte(i - 1, depth)) children.push_back({i, i, depth + 1, 0});
      children.back().end = i + 1;
    }
    const std::uint32_t base = free_base(children, depth);
    for (Range& child : children) {
      const std::uint8_t label = byte(child.begin, depth);
      child.node = base ^ label;
      trie_.nodes_[child.node].label = label;
      if (depth > 0) trie_.nodes_[child.node].id = trie_.nodes_[node].id;
      open_.push_back(child);
    }
    return base;
  }

  std::uint32_t free_base(const std::vector<Range>& children, std::size_t depth) {
    std::uint32_t& start = children.size() > 1 ? start_many_ : start_few_;
    for (std::uint32_t base = start;; ++base) {
      if (base + kByteCount > trie_.nodes_.size()) {
        trie_.nodes_.resize(trie_.nodes_.size() + kByteCount);
        used_base_.resize(trie_.nodes_.size());
      }
      if (used_base_[base]) continue;
      const bool fits = std::all_of(children.begin(), children.end(), [&](const Range& child) {
        return trie_.nodes_[base ^ byte(child.begin, depth)].label == kFree;
      });
      if (!fits) continue;
      used_base_[base] = true;
      if (base - start > kSearch) start = base - kSearch;
      return base;
    }
  }

  static constexpr std::uint32_t kSearch = 1024;  ///< how far back from the last place the next search begins
  TokenTrie& trie_;
  std::span<const std::string> tokens_;
  std::vector<TokenId> sorted_;
  std::vector<Range> open_;
  std::vector<bool> used_base_;
  std::uint32_t start_many_ = 0;
  std::uint32_t start_few_ = 0;
};

TokenTrie::TokenTrie(std::span<const std::string> tokens, std::span<const TokenId> ids) {
  std::vector<TokenId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end(), [&](TokenId a, TokenId b) { return tokens[a] < tokens[b]; });
  Builder(*this, tokens, std::move(sorted)).build();
}

}  // namespace palimpsest::tokens
