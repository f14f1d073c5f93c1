#include "common/model/span_masks.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

constexpr std::int64_t kOpen = tokens::kSpecialCount;
constexpr std::int64_t kClose = kOpen + 1;
constexpr std::int64_t kNewline = kOpen + 2;
constexpr std::int64_t kWord = kOpen + 3;

std::vector<TokenShape> shapes() {
  std::vector<TokenShape> shapes(static_cast<std::size_t>(kWord) + 1);
  shapes[kOpen].depth = 1;
  shapes[kClose].depth = -1;
  shapes[kNewline].newline = true;
  return shapes;
}

/// header, then: word ( word ( ) word ) newline word word newline word, `<|end|>`.
RowBatch code() {
  RowBatch batch{.rows = 1};
  batch.ids = {kWord,  kWord,    kOpen, kWord, kOpen,    kClose, kWord,
               kClose, kNewline, kWord, kWord, kNewline, kWord,  tokens::kEndId};
  batch.row_tokens = static_cast<std::int64_t>(batch.ids.size());
  batch.segments = {{.row = 0, .begin = 0, .end = batch.row_tokens, .header = 1}};
  return batch;
}

/// Runs of neighbours in a hole.
std::set<std::pair<std::int64_t, std::int64_t>> regions(const std::vector<std::int64_t>& hole) {
  std::set<std::pair<std::int64_t, std::int64_t>> result;
  for (std::size_t i = 0; i < hole.size();) {
    std::size_t j = i;
    while (j + 1 < hole.size() && hole[j + 1] == hole[j] + 1) ++j;
    result.insert({hole[i], hole[j] + 1});
    i = j + 1;
  }
  return result;
}

TEST(SpanMasksTest, HolesAreLinesBlocksAndRuns) {
  const RowBatch batch = code();
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  std::size_t most_regions = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    base::Random random{seed};
    const std::vector<std::int64_t> hole = draw_holes(batch, shapes(), 1, random)[0];
    ASSERT_FALSE(hole.empty());
    EXPECT_GE(hole.front(), 1) << "the header is in no hole";
    EXPECT_LT(hole.back(), batch.row_tokens - 1) << "<|end|> is in no hole";
    EXPECT_LT(static_cast<std::int64_t>(hole.size()), batch.row_tokens - 2) << "something stays visible";
    EXPECT_TRUE(std::is_sorted(hole.begin(), hole.end()));
    for (const auto& region : regions(hole)) seen.insert(region);
    most_regions = std::max(most_regions, regions(hole).size());
  }
  EXPECT_TRUE(seen.contains({8, 11})) << "the middle line";
  EXPECT_TRUE(seen.contains({2, 8})) << "the outer block";
  EXPECT_TRUE(seen.contains({4, 6})) << "the inner block";
  EXPECT_EQ(most_regions, 3);
}

TEST(SpanMasksTest, ShareIsThatOfTheSegments) {
  const RowBatch batch = test::sample_batch(500);
  base::Random random{1};
  const Holes holes = draw_holes(batch, std::vector<TokenShape>(20), 0.3, random);
  const auto cut = std::count_if(holes.begin(), holes.end(), [](const auto& hole) { return !hole.empty(); });
  EXPECT_NEAR(static_cast<double>(cut), 300, 45);
}

TEST(SpanMasksTest, OnlyTheHoleIsMasked) {
  const RowBatch batch = test::sample_batch(40);
  base::Random random{5};
  const Holes holes = draw_holes(batch, std::vector<TokenShape>(20), 0.5, random);
  const MaskPlan plan = draw_stratified_masks(batch, random, holes);
  for (std::size_t i = 0; i < plan.positions.size(); ++i) {
    const auto s = static_cast<std::size_t>(plan.segment[i]);
    if (!plan.has_hole(s)) continue;
    EXPECT_TRUE(std::binary_search(holes[s].begin(), holes[s].end(), plan.positions[i]));
    EXPECT_EQ(plan.hole[s], static_cast<std::int64_t>(holes[s].size()));
  }
}

TEST(SpanMasksTest, AMaskAndItsComplementCoverEverythingOnce) {
  const RowBatch batch = test::sample_batch(40);
  base::Random random{5};
  const Holes holes = draw_holes(batch, std::vector<TokenShape>(20), 0.5, random);
  const MaskPlan plan = draw_stratified_masks(batch, random, holes);
  const MaskPlan complement = complement_of(plan, batch, holes);
  for (std::size_t s = 0; s < batch.segments.size(); ++s) {
    const auto masked = [&](const MaskPlan& masks) {
      std::set<std::int64_t> positions;
      for (std::size_t i = 0; i < masks.positions.size(); ++i)
        if (masks.segment[i] == static_cast<std::int64_t>(s)) positions.insert(masks.positions[i]);
      return positions;
    };
    const std::set<std::int64_t> first = masked(plan);
    const std::set<std::int64_t> second = masked(complement);
    const std::size_t all =
        holes[s].empty() ? static_cast<std::size_t>(batch.segments[s].maskable()) : holes[s].size();
    if (first.size() == all) {
      EXPECT_EQ(second, first);
      continue;
    }
    EXPECT_EQ(first.size() + second.size(), all);
    for (const std::int64_t position : first) EXPECT_FALSE(second.contains(position));
  }
}

}  // namespace
}  // namespace palimpsest::model
