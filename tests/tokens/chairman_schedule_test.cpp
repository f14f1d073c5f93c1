#include "common/tokens/chairman_schedule.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::tokens {
namespace {

using Weights = std::vector<std::uint64_t>;

/// Counts one by one over two periods; every comparison in whole numbers.
void expect_fair(const Weights& weights) {
  const ChairmanTable schedule(weights);
  const auto sum =
      static_cast<std::int64_t>(std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
  const auto k = static_cast<std::int64_t>(weights.size());
  std::vector<std::int64_t> counts(weights.size());
  for (std::int64_t n = 0; n < 2 * sum; ++n) {
    const ChairmanSchedule::Slot slot = schedule.at(static_cast<std::uint64_t>(n));
    ASSERT_EQ(slot.number, static_cast<std::uint64_t>(counts[slot.label]));
    ++counts[slot.label];
    const std::vector<std::uint64_t> after = schedule.counts_after(static_cast<std::uint64_t>(n) + 1);
    ASSERT_TRUE(std::equal(counts.begin(), counts.end(), after.begin()));
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
  const ChairmanTable one({7});
  EXPECT_EQ(one.at(123).label, 0U);
  EXPECT_EQ(one.at(123).number, 123U);
  const ChairmanTable schedule({3, 1, 1});
  const std::uint64_t periods = std::uint64_t{1} << 59;
  EXPECT_EQ(schedule.counts_after(5 * periods)[0], 3 * periods);
  EXPECT_EQ(schedule.at(5 * periods + 2).label, schedule.at(2).label);
}

TEST(ChairmanWalkTest, IsTheTableInAnyOrderOfAccess) {
  const Weights weights = {20'011, 1, 977, 31, 5'003, 2};
  const ChairmanTable table(weights);
  const ChairmanWalk walk(weights);
  base::Random random({3});
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t n = i < 1000 ? random.below(60'000) : 30'000 + static_cast<std::uint64_t>(i);
    EXPECT_EQ(walk.at(n).label, table.at(n).label);
    EXPECT_EQ(walk.at(n).number, table.at(n).number);
    EXPECT_EQ(walk.counts_after(n), table.counts_after(n));
  }
}

TEST(ChairmanWalkTest, ThreadsSeeOneSchedule) {
  const Weights weights = {std::uint64_t{1} << 40, 3, 1'000'003, 77, 900'000'011};
  const ChairmanWalk walk(weights);
  const ChairmanWalk alone(weights);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t thread = 0; thread < wrong.size(); ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t n = thread; n < 40'000; n += 7) {
        const auto slot = walk.at(n);
        if (walk.counts_after(n)[slot.label] != slot.number) ++wrong[thread];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
  EXPECT_EQ(walk.counts_after(40'000), alone.counts_after(40'000));
}

}  // namespace
}  // namespace palimpsest::tokens
