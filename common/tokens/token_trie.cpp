#include "common/tokens/token_trie.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/tokens/byte_symbols.h"

namespace palimpsest::tokens {

/// Places the children of each node, breadth first, so that the upper levels lie together, but follows a
/// chain of only children to its end and keeps it in consecutive nodes.
class TokenTrie::Builder {
 public:
  Builder(TokenTrie& trie, std::span<const std::string> tokens, std::vector<TokenId> sorted)
      : trie_(trie), tokens_(tokens), sorted_(std::move(sorted)) {}

  void build() {
    const std::vector<Range> roots = children_of({0, sorted_.size(), 0, 0});
    trie_.root_ = place(roots, 0);
    std::vector<Range> open = with_nodes(roots, trie_.root_, 0);
    for (std::size_t i = 0; i < open.size(); ++i) {
      for (Range range = open[i];;) {
        if (tokens_[sorted_[range.begin]].size() == range.depth) {
          trie_.nodes_[range.node].id = sorted_[range.begin++];
        }
        const std::vector<Range> children = children_of(range);
        const std::uint32_t base = place(children, range.node);
        trie_.nodes_[range.node].base = base;
        const std::vector<Range> placed = with_nodes(children, base, trie_.nodes_[range.node].id);
        if (placed.size() == 1) {
          range = placed[0];
          continue;
        }
        open.insert(open.end(), placed.begin(), placed.end());
        break;
      }
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

  /// The byte that leads to a range.
  std::uint8_t label(const Range& range) const {
    return static_cast<std::uint8_t>(tokens_[sorted_[range.begin]][range.depth - 1]);
  }

  /// Splits a range, whose own token is taken out, by the next byte.
  std::vector<Range> children_of(const Range& range) const {
    std::vector<Range> children;
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const Range child = {i, i + 1, range.depth + 1, 0};
      if (children.empty() || label(children.back()) != label(child)) children.push_back(child);
      children.back().end = i + 1;
    }
    return children;
  }

  std::vector<Range> with_nodes(std::vector<Range> children, std::uint32_t base, TokenId id) {
    for (Range& child : children) {
      child.node = base ^ label(child);
      trie_.nodes_[child.node].label = label(child);
      trie_.nodes_[child.node].id = id;
    }
    return children;
  }

  /// A base that no node has, over which the nodes of all children are free.
  std::uint32_t place(const std::vector<Range>& children, std::uint32_t parent) {
    if (children.size() == 1) {
      for (std::uint32_t node = parent + 1; node <= parent + kNear; ++node) {
        if (take(node ^ label(children[0]), children)) return node ^ label(children[0]);
      }
      for (;; ++chains_) {
        if (take(chains_ ^ label(children[0]), children)) return chains_ ^ label(children[0]);
      }
    }
    for (std::uint32_t base = start_;; ++base) {
      if (!take(base, children)) continue;
      if (base - start_ > kSearch) start_ = base - kSearch;
      return base;
    }
  }

  bool take(std::uint32_t base, const std::vector<Range>& children) {
    if (base + kByteCount > trie_.nodes_.size()) {
      trie_.nodes_.resize(base + 2 * kByteCount);
      used_base_.resize(trie_.nodes_.size());
    }
    if (used_base_[base]) return false;
    for (const Range& child : children) {
      if (trie_.nodes_[base ^ label(child)].label != kFree) return false;
    }
    used_base_[base] = true;
    return true;
  }

  static constexpr std::uint32_t kNear = 8;      ///< nodes of a cache line
  static constexpr std::uint32_t kSearch = 128;  ///< how far behind the last place a search begins

  TokenTrie& trie_;
  std::span<const std::string> tokens_;
  std::vector<TokenId> sorted_;
  std::vector<bool> used_base_;
  std::uint32_t start_ = 0;   ///< where the search for a place of several children begins
  std::uint32_t chains_ = 0;  ///< the same of an only child
};

TokenTrie::TokenTrie(std::span<const std::string> tokens, std::span<const TokenId> ids) {
  std::vector<TokenId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end(), [&](TokenId a, TokenId b) { return tokens[a] < tokens[b]; });
  Builder(*this, tokens, std::move(sorted)).build();
}

}  // namespace palimpsest::tokens
