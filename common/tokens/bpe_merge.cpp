#include "common/tokens/bpe_merge.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "common/base/error.h"
#include "common/base/random.h"

namespace palimpsest::tokens {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;
constexpr std::uint32_t kMerged = UINT32_MAX - 1;  ///< in previous_: the symbol is part of one to its left

std::uint32_t pair_key(TokenId left, TokenId right) {
  return std::uint32_t{left} << 16 | right;
}

}  // namespace

MergeTable::MergeTable(std::span<const MergeRule> merges) {
  entries_.resize(std::bit_ceil(2 * merges.size() + 1));
  mask_ = entries_.size() - 1;
  std::uint32_t rank = 0;
  for (const MergeRule& merge : merges) {
    const std::uint32_t pair = pair_key(merge.left, merge.right);
    entries_[slot(pair)] = {pair, rank++, merge.result};
  }
}

std::size_t MergeTable::slot(std::uint32_t pair) const {
  std::size_t index = base::mix64(pair) & mask_;
  while (entries_[index].rank != kNoRank && entries_[index].pair != pair) index = (index + 1) & mask_;
  return index;
}

const MergeTable::Entry* MergeTable::find(TokenId left, TokenId right) const {
  const Entry& entry = entries_[slot(pair_key(left, right))];
  return entry.rank == kNoRank ? nullptr : &entry;
}

void BpeMerger::push_pair(const MergeTable& table, std::uint32_t left) {
  const std::uint32_t right = next_[left];
  if (right == kNone) return;
  if (const auto* entry = table.find(symbols_[left], symbols_[right])) {
    heap_.push_back(std::uint64_t{entry->rank} << 32 | left);
  }
}

void BpeMerger::merge(const MergeTable& table, std::span<const TokenId> symbols, std::vector<TokenId>& ids) {
  if (symbols.size() >= kMerged) throw base::Error(base::ErrorCode::kBadData, "pre-token of 4 GiB or more");
  const auto count = static_cast<std::uint32_t>(symbols.size());
  symbols_.assign(symbols.begin(), symbols.end());
  previous_.resize(count);
  next_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    previous_[i] = i == 0 ? kNone : i - 1;
    next_[i] = i + 1 == count ? kNone : i + 1;
  }
  heap_.clear();
  for (std::uint32_t i = 0; i < count; ++i) push_pair(table, i);
  std::make_heap(heap_.begin(), heap_.end(), std::greater<>{});

  const auto push_heap_pair = [&](std::uint32_t left) {
    const std::size_t before = heap_.size();
    push_pair(table, left);
    if (heap_.size() > before) std::push_heap(heap_.begin(), heap_.end(), std::greater<>{});
  };
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>{});
    const std::uint64_t top = heap_.back();
    heap_.pop_back();
    const auto left = static_cast<std::uint32_t>(top);
    if (previous_[left] == kMerged || next_[left] == kNone) continue;
    const std::uint32_t right = next_[left];
    const auto* entry = table.find(symbols_[left], symbols_[right]);
    if (entry == nullptr || entry->rank != top >> 32) continue;  // a symbol changed since the pair was pushed
    symbols_[left] = entry->result;
    next_[left] = next_[right];
    previous_[right] = kMerged;
    if (next_[left] != kNone) previous_[next_[left]] = left;
    if (previous_[left] != kNone) push_heap_pair(previous_[left]);
    push_heap_pair(left);
  }
  for (std::uint32_t i = 0; i < count; i = next_[i]) {  // kNone >= count ends the walk
    ids.push_back(symbols_[i]);
  }
}

}  // namespace palimpsest::tokens
