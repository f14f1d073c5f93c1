#include "common/tokens/bpe_merge.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::tokens {
namespace {

std::vector<TokenId> merged(const std::vector<MergeRule>& merges, const std::vector<TokenId>& symbols) {
  std::vector<TokenId> ids;
  BpeMerger merger;
  merger.merge(MergeTable(merges), symbols, ids);
  return ids;
}

/// O(n²): looks for the lowest rank, leftmost, until there is none.
std::vector<TokenId> naive(const std::vector<MergeRule>& merges, std::vector<TokenId> ids) {
  const MergeTable table(merges);
  for (;;) {
    const MergeTable::Entry* best = nullptr;
    std::size_t place = 0;
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const auto* entry = table.find(ids[i], ids[i + 1]);
      if (entry != nullptr && (best == nullptr || entry->rank < best->rank)) {
        best = entry;
        place = i;
      }
    }
    if (best == nullptr) return ids;
    ids[place] = best->result;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

TEST(BpeMergeTest, EqualsNaiveMergingOnRandomMerges) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    base::Random random({seed});
    const std::size_t alphabet = 1 + random.below(4);
    std::vector<MergeRule> merges;
    for (std::size_t i = 0; i < 12; ++i) {
      const std::uint64_t known = alphabet + i;
      // Now and then two pairs make the same token.
      const auto result = static_cast<TokenId>(random.below(8) == 0 && i > 0 ? known - 1 : known);
      merges.push_back(
          {static_cast<TokenId>(random.below(known)), static_cast<TokenId>(random.below(known)), result});
    }
    std::vector<TokenId> symbols(random.below(60));
    for (TokenId& symbol : symbols) symbol = static_cast<TokenId>(random.below(alphabet));
    EXPECT_EQ(merged(merges, symbols), naive(merges, symbols)) << "seed " << seed;
  }
}

TEST(BpeMergeTest, LeftmostFirst) {
  EXPECT_EQ(merged({{0, 0, 1}}, {0, 0, 0}), (std::vector<TokenId>{1, 0}));
}

TEST(BpeMergeTest, LaterRankOfADuplicatePairCounts) {
  EXPECT_EQ(merged({{0, 1, 3}, {1, 2, 4}, {0, 1, 3}}, {0, 1, 2}), (std::vector<TokenId>{0, 4}));
}

TEST(BpeMergeTest, EmptyInputs) {
  EXPECT_TRUE(merged({}, {}).empty());
  EXPECT_EQ(merged({}, {5}), (std::vector<TokenId>{5}));
}

TEST(BpeMergeTest, AMillionEqualSymbols) {
  std::vector<MergeRule> merges;
  for (TokenId i = 0; i < 8; ++i) merges.push_back({i, i, static_cast<TokenId>(i + 1)});
  const std::vector<TokenId> ids = merged(merges, std::vector<TokenId>(1 << 20, 0));
  EXPECT_EQ(ids, std::vector<TokenId>(1 << 12, 8));
}

}  // namespace
}  // namespace palimpsest::tokens
