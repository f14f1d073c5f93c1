#include "common/tokens/chairman_schedule.h"

#include <cmath>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::tokens {
namespace {

using Weights = std::vector<std::uint64_t>;

/// Counts one by one over two periods; every comparison in whole numbers.
void expect_fair(const Weights& weights) {
  const ChairmanSchedule schedule(weights);
  const auto sum =
      static_cast<std::int64_t>(std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
  const auto k = static_cast<std::int64_t>(weights.size());
  std::vector<std::int64_t> counts(weights.size());
  for (std::int64_t n = 0; n < 2 * sum; ++n) {
    const std::size_t label = schedule.label_at(static_cast<std::uint64_t>(n));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      ASSERT_EQ(schedule.count_before(i, static_cast<std::uint64_t>(n)),
                static_cast<std::uint64_t>(counts[i]));
    }
    ++counts[label];
    for (std::size_t i = 0; i < weights.size(); ++i) {
      // |count - (n + 1) * weight / sum| <= 1 - 1 / (2k - 2)
      const std::int64_t off = std::abs(counts[i] * sum - (n + 1) * static_cast<std::int64_t>(weights[i]));
      ASSERT_LE((2 * k - 2) * off, (2 * k - 3) * sum) << "label " << i << " after " << n + 1 << " rows";
    }
  }
}

TEST(ChairmanScheduleTest, AllSmallWeightsAreFairAfterEveryRow) {
  for (std::size_t labels = 2; labels <= 6; ++labels) {
    const std::uint64_t most = labels < 4 ? 12 : labels < 6 ? 5 : 3;
    Weights weights;
    const std::function<void()> visit = [&] {
      if (weights.size() == labels) return expect_fair(weights);
      for (std::uint64_t w = 1; w <= most; ++w) {
        weights.push_back(w);
        visit();
        weights.pop_back();
      }
    };
    visit();
  }
}

TEST(ChairmanScheduleTest, RandomWeightsOverOrdersOfMagnitudeAreFair) {
  base::Random random({1});
  for (const int labels : {5, 7, 11, 16}) {
    for (int i = 0; i < 10; ++i) {
      Weights weights;
      for (int label = 0; label < labels; ++label) {
        weights.push_back(1 + static_cast<std::uint64_t>(std::exp(7 * random.uniform())));
      }
      expect_fair(weights);
    }
  }
}

TEST(ChairmanScheduleTest, OneLabelAndLateRows) {
  const ChairmanSchedule one({7});
  EXPECT_EQ(one.label_at(123), 0U);
  EXPECT_EQ(one.count_before(0, 123), 123U);
  const ChairmanSchedule schedule({3, 1, 1});
  const std::uint64_t periods = std::uint64_t{1} << 59;
  EXPECT_EQ(schedule.count_before(0, 5 * periods), 3 * periods);
  EXPECT_EQ(schedule.label_at(5 * periods + 2), schedule.label_at(2));
}

TEST(ApportionTest, SumsUpAndIsLessThanOneAway) {
  EXPECT_EQ(apportion({1, 1, 1}, 10), (Weights{4, 3, 3}));
  EXPECT_EQ(apportion({1, 2, 997}, 1000), (Weights{1, 2, 997}));
  base::Random random({2});
  for (int i = 0; i < 200; ++i) {
    Weights weights;
    for (int label = 0; label < 7; ++label) weights.push_back(1 + random.below(std::uint64_t{1} << 52));
    const Weights parts = apportion(weights, 1000);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}), 1000U);
    for (std::size_t label = 0; label < weights.size(); ++label) {
      const double exact = 1000 * static_cast<double>(weights[label]) / sum;
      EXPECT_LT(std::abs(static_cast<double>(parts[label]) - exact), 1);
    }
  }
}

}  // namespace
}  // namespace palimpsest::tokens
