#include "common/model/diffusion.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

TEST(DiffusionTest, MasksExactlyKMaskablePositionsOfEachSegment) {
  const RowBatch batch = test::sample_batch(6);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    base::Random random{seed};
    const MaskPlan plan = draw_stratified_masks(batch, random);
    std::vector<std::set<std::int64_t>> masked(batch.segments.size());
    for (std::size_t i = 0; i < plan.positions.size(); ++i) {
      const auto s = static_cast<std::size_t>(plan.segment[i]);
      const BatchSegment& segment = batch.segments[s];
      EXPECT_GE(plan.positions[i], batch.flat(segment.row, segment.maskable_begin()));
      EXPECT_LT(plan.positions[i], batch.flat(segment.row, segment.end));
      EXPECT_TRUE(masked[s].insert(plan.positions[i]).second) << "masked twice";
      EXPECT_FLOAT_EQ(plan.weight[i], static_cast<float>(1 / plan.mask_ratio[s]));
    }
    for (std::size_t s = 0; s < masked.size(); ++s) {
      const auto k = static_cast<double>(masked[s].size());
      EXPECT_DOUBLE_EQ(plan.mask_ratio[s], k / static_cast<double>(batch.segments[s].maskable()));
    }
  }
}

TEST(DiffusionTest, RatiosAreStratifiedOverTheBatch) {
  const RowBatch batch = test::sample_batch(20);  // 40 segments
  base::Random random{7};
  const MaskPlan plan = draw_stratified_masks(batch, random);
  double mean = 0;
  for (const double ratio : plan.mask_ratio) mean += ratio / static_cast<double>(plan.mask_ratio.size());
  // E[ceil(tL)/L] = (L + 1) / 2L, about 0.55 here; forty independent draws would scatter by 0.045, strata by
  // 0.01.
  EXPECT_NEAR(mean, 0.556, 0.02);
}

TEST(DiffusionTest, EverySubsetIsEquallyLikely) {
  constexpr int kDraws = 60000;
  std::vector<int> hits(32, 0);
  base::Random random{3};
  for (int draw = 0; draw < kDraws; ++draw) {
    unsigned subset = 0;
    for (const std::int64_t position : choose_positions(10, 15, 2, random)) subset |= 1U << (position - 10);
    ++hits[subset];
  }
  for (unsigned subset = 0; subset < 32; ++subset) {
    if (__builtin_popcount(subset) != 2) {
      EXPECT_EQ(hits[subset], 0);
    } else {
      EXPECT_NEAR(hits[subset], kDraws / 10, 300);
    }
  }
}

}  // namespace
}  // namespace palimpsest::model
