// The low-noise masks against enumeration: every mask of a small segment with made-up cross entropies.
#include "common/model/nelbo_masks.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

/// A cross entropy that depends on the token and on every other masked token.
double cost(std::int64_t token, unsigned masked) {
  base::Random random{static_cast<std::uint64_t>(token), masked};
  return 1 + 4 * random.uniform() + 0.5 * __builtin_popcount(masked);
}

/// S_1 + ... + S_L by all masks.
double exact_nelbo(std::int64_t length) {
  std::vector<double> sum(static_cast<std::size_t>(length) + 1, 0);
  std::vector<double> masks(sum.size(), 0);
  for (unsigned masked = 1; masked < 1U << length; ++masked) {
    const auto k = static_cast<std::size_t>(__builtin_popcount(masked));
    masks[k] += 1;
    for (std::int64_t i = 0; i < length; ++i)
      if ((masked >> i & 1U) != 0) sum[k] += cost(i, masked) / static_cast<double>(k);
  }
  double nelbo = 0;
  for (std::size_t k = 1; k < sum.size(); ++k) nelbo += sum[k] / masks[k];
  return nelbo;
}

/// The estimate of the one segment of `batch`.
double estimate(const RowBatch& batch, const NelboDraw& draw) {
  double sum = 0;
  for (const MaskPlan& plan : draw_nelbo_masks(batch, draw)) {
    unsigned masked = 0;
    const std::int64_t first = batch.segments[0].maskable_begin();
    for (const std::int64_t position : plan.positions) masked |= 1U << (position - first);
    for (std::size_t i = 0; i < plan.positions.size(); ++i)
      sum += static_cast<double>(plan.weight[i]) * cost(plan.positions[i] - first, masked);
  }
  return sum;
}

class NelboMasksTest : public testing::TestWithParam<std::tuple<std::int64_t, std::int64_t>> {};

TEST_P(NelboMasksTest, MeanIsTheNelbo) {
  const auto [length, pairs] = GetParam();
  const RowBatch batch = test::single_segment(length);
  constexpr int kDraws = 40000;
  double sum = 0;
  double squares = 0;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const double value = estimate(batch, {.pairs = pairs, .seed = seed, .first_segment = seed % 7});
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  const double error = std::sqrt(std::max(0.0, squares / kDraws - mean * mean) / kDraws);
  EXPECT_NEAR(mean, exact_nelbo(length), 4.5 * error + 1e-4);
  EXPECT_LT(error, 0.01 * mean) << "the test sees errors of a few percent";
}

TEST_P(NelboMasksTest, WeightsOfEveryTokenAddUpToOne) {
  const auto [length, pairs] = GetParam();
  const RowBatch batch = test::single_segment(length);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<double> weight(static_cast<std::size_t>(length) + 1, 0);
    std::vector<int> masked(weight.size(), 0);
    for (const MaskPlan& plan : draw_nelbo_masks(batch, {.pairs = pairs, .seed = seed})) {
      for (std::size_t i = 0; i < plan.positions.size(); ++i) {
        weight[static_cast<std::size_t>(plan.positions[i])] += static_cast<double>(plan.weight[i]);
        masked[static_cast<std::size_t>(plan.positions[i])] += 1;
      }
    }
    for (std::size_t i = 1; i < weight.size(); ++i) {
      EXPECT_NEAR(weight[i], 1, 1e-4);
      EXPECT_EQ(masked[i], pairs) << "once in each pair";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lengths, NelboMasksTest,
                         testing::Combine(testing::Values(1, 2, 3, 4, 5, 6), testing::Values(2, 3)));

TEST(NelboMasksTest, MasksDependOnTheSegmentsNumberAlone) {
  const RowBatch both = test::sample_batch(2);
  RowBatch second = test::sample_batch(2);
  second.segments.erase(second.segments.begin(), second.segments.begin() + 2);
  const auto all = draw_nelbo_masks(both, {.seed = 3, .first_segment = 10});
  const auto part = draw_nelbo_masks(second, {.seed = 3, .first_segment = 12});
  for (std::size_t plan = 0; plan < all.size(); ++plan) {
    std::vector<std::int64_t> of_second;
    for (std::size_t i = 0; i < all[plan].positions.size(); ++i)
      if (all[plan].segment[i] >= 2) of_second.push_back(all[plan].positions[i]);
    EXPECT_EQ(of_second, part[plan].positions);
  }
}

TEST(NelboMasksTest, MasksOnlyTheHole) {
  const RowBatch batch = test::single_segment(9);
  const Holes holes = {{3, 4, 5}};
  double weights = 0;
  for (const MaskPlan& plan : draw_nelbo_masks(batch, {.seed = 5}, holes)) {
    for (std::size_t i = 0; i < plan.positions.size(); ++i) {
      EXPECT_TRUE(plan.positions[i] >= 3 && plan.positions[i] <= 5);
      weights += static_cast<double>(plan.weight[i]);
    }
  }
  EXPECT_NEAR(weights, 3, 1e-4);
}

}  // namespace
}  // namespace palimpsest::model
