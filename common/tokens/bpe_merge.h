// Flat BPE by rank on one pre-token of any length.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/tokens/vocabulary.h"

namespace palimpsest::tokens {

/// Pair of ids to merge, by open addressing. Immutable and thread-safe.
class MergeTable {
 public:
  struct Entry {
    std::uint32_t pair = 0;
    std::uint32_t rank = kNoRank;
    TokenId result = 0;
  };

  MergeTable() : MergeTable(std::span<const MergeRule>{}) {}
  /// When a pair stands in `merges` twice, the later rank counts, as in Hugging Face.
  explicit MergeTable(std::span<const MergeRule> merges);

  /// The merge of a pair, or nullptr.
  const Entry* find(TokenId left, TokenId right) const;

 private:
  static constexpr std::uint32_t kNoRank = UINT32_MAX;
  std::size_t slot(std::uint32_t pair) const;

  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
};

/// Merges the lowest rank first, leftmost first among equals, with a linked list and a heap: O(n log n).
/// Holds scratch memory, so keep one per thread of work.
class BpeMerger {
 public:
  /// Appends the final ids of `symbols` to `ids`. At most 2^32 - 3 symbols.
  void merge(const MergeTable& table, std::span<const TokenId> symbols, std::vector<TokenId>& ids);

 private:
  void push_pair(const MergeTable& table, std::uint32_t left);

  std::vector<TokenId> symbols_;
  std::vector<std::uint32_t> previous_;
  std::vector<std::uint32_t> next_;
  std::vector<std::uint64_t> heap_;  ///< rank in the high half, position in the low half
};

}  // namespace palimpsest::tokens
