#include "tokenize/pair_groups.h"

#include <algorithm>
#include <utility>

#include <tbb/parallel_sort.h>

namespace palimpsest::tokenize {
namespace {

constexpr unsigned kBlockBits = 8;

std::uint32_t key_of(std::uint64_t occurrence) {
  return static_cast<std::uint32_t>(occurrence >> 32);
}

}  // namespace

TextIndex::TextIndex(std::vector<std::uint32_t> ends, std::vector<std::uint32_t> repos,
                     std::vector<std::uint64_t> weights)
    : ends_(std::move(ends)), repos_(std::move(repos)), weights_(std::move(weights)) {
  const std::uint64_t size = ends_.empty() ? 0 : ends_.back();
  std::uint32_t text = 0;
  for (std::uint64_t begin = 0; begin < size; begin += std::uint64_t{1} << kBlockBits) {
    while (ends_[text] <= begin) ++text;
    first_of_block_.push_back(text);
  }
}

std::size_t TextIndex::text(std::uint32_t at) const {
  std::size_t text = first_of_block_[at >> kBlockBits];
  while (ends_[text] <= at) ++text;
  return text;
}

PairGroup::PairGroup(std::vector<std::uint64_t> occurrences, const TextIndex& texts,
                     std::uint64_t min_count) {
  tbb::parallel_sort(occurrences.begin(), occurrences.end());
  const auto last = std::lower_bound(occurrences.begin(), occurrences.end(), kNoOccurrence);
  const auto each_pair = [&](const auto& visit) {
    for (auto first = occurrences.begin(); first != last;) {
      Pair pair{.key = key_of(*first)};
      auto end = first;
      for (; end != last && key_of(*end) == pair.key; ++end) {
        pair.count += texts.weight(static_cast<std::uint32_t>(*end));
      }
      if (pair.count >= min_count) visit(pair, first, end);
      first = end;
    }
  };
  std::size_t pairs = 0;
  std::size_t positions = 0;
  each_pair([&](const Pair&, auto first, auto end) {
    ++pairs;
    positions += static_cast<std::size_t>(end - first);
  });
  pairs_.reserve(pairs);
  positions_.reserve(positions);
  each_pair([&](Pair pair, auto first, auto end) {
    pair.begin = static_cast<std::uint32_t>(positions_.size());
    for (; first != end; ++first) positions_.push_back(static_cast<std::uint32_t>(*first));
    pair.end = static_cast<std::uint32_t>(positions_.size());
    pairs_.push_back(pair);
  });
}

Pair* PairGroup::find(std::uint32_t key) {
  const auto found =
      std::lower_bound(pairs_.begin(), pairs_.end(), key,
                       [](const Pair& pair, std::uint32_t wanted) { return pair.key < wanted; });
  return found == pairs_.end() || found->key != key ? nullptr : &*found;
}

}  // namespace palimpsest::tokenize
