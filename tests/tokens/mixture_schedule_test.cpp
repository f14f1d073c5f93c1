#include "common/tokens/mixture_schedule.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"

namespace palimpsest::tokens {
namespace {

/// Counts the slots one by one and compares every prefix with the shares.
void expect_every_prefix_fair(const std::vector<double>& weights, std::uint64_t rows, double bound) {
  const MixtureSchedule schedule(weights);
  EXPECT_LE(schedule.error_bound(), bound);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t label = 0; label < weights.size(); ++label) {
    EXPECT_NEAR(schedule.shares()[label], weights[label] / sum, 1e-12);
  }
  std::vector<std::uint64_t> counts(weights.size());
  for (std::uint64_t n = 0; n < rows; ++n) {
    const auto slot = schedule.at(n);
    ASSERT_EQ(slot.number, counts[slot.label]) << "row " << n;
    ++counts[slot.label];
    for (std::size_t label = 0; label < weights.size(); ++label) {
      const double share = static_cast<double>(n + 1) * schedule.shares()[label];
      ASSERT_LE(std::abs(static_cast<double>(counts[label]) - share), schedule.error_bound() + 1e-6)
          << "label " << label << " after " << n + 1 << " rows";
    }
  }
  EXPECT_EQ(schedule.counts_after(rows), counts);
}

TEST(MixtureScheduleTest, EveryPrefixIsWithinOneOfTheShares) {
  for (const std::vector<double>& weights :
       std::vector<std::vector<double>>{{1},
                                        {1, 1},
                                        {0.5, 0, 0.3, 0.2},
                                        {1813, 1181, 192, 1139},
                                        {1, 1, 1, 1, 1, 1, 1},
                                        {1000, 1, 1, 1},
                                        {0.97, 0.01, 0.01, 0.01},
                                        {std::sqrt(2), std::sqrt(3), std::sqrt(5), 0.001},
                                        std::vector<double>(16, 1)}) {
    expect_every_prefix_fair(weights, 5000, 1);
  }
}

TEST(MixtureScheduleTest, FourLabelsOfAnyWeightsAreWithinOne) {
  base::Random random({1});
  for (int i = 0; i < 500; ++i) {
    std::vector<double> weights;
    for (int label = 0; label < 4; ++label) weights.push_back(std::exp(12 * random.uniform()));
    expect_every_prefix_fair(weights, 300, 1);
  }
}

TEST(MixtureScheduleTest, ManySimilarLabelsAreWithinOne) {
  base::Random random({2});
  for (const int labels : {5, 6, 8, 10}) {
    for (int i = 0; i < 10; ++i) {
      std::vector<double> weights;
      for (int label = 0; label < labels; ++label) weights.push_back(1 + 9 * random.uniform());
      expect_every_prefix_fair(weights, 1000, 1);
    }
  }
}

TEST(MixtureScheduleTest, AnyRowCountsAreWithinOne) {
  base::Random random({3});
  int exact = 0;
  for (const int labels : {5, 6, 8, 14}) {
    for (int i = 0; i < 10; ++i) {
      std::vector<double> weights;
      for (int label = 0; label < labels; ++label) {
        weights.push_back(std::ceil(std::exp(9 * random.uniform())));
      }
      expect_every_prefix_fair(weights, 3000, 1);
      const MixtureSchedule schedule(weights);
      const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
      for (std::size_t label = 0; label < weights.size(); ++label) {
        exact += schedule.counts_after(static_cast<std::uint64_t>(3 * sum))[label] ==
                 static_cast<std::uint64_t>(3 * weights[label]);
      }
    }
  }
  EXPECT_EQ(exact, 10 * (5 + 6 + 8 + 14));
}

TEST(MixtureScheduleTest, AnySharesAreWithinOne) {
  base::Random random({4});
  for (const int labels : {5, 7, 12}) {
    for (int i = 0; i < 20; ++i) {
      std::vector<double> weights;
      for (int label = 0; label < labels; ++label) weights.push_back(std::exp(3 * random.uniform()));
      expect_every_prefix_fair(weights, 2000, 1);
    }
  }
}

TEST(MixtureScheduleTest, LabelsOfAnyMagnitudeAreWithinOne) {
  base::Random random({5});
  for (const int labels : {5, 6, 8, 14}) {
    for (const double magnitude : {4, 9, 16, 30}) {
      for (int i = 0; i < 5; ++i) {
        std::vector<double> weights;
        for (int label = 0; label < labels; ++label)
          weights.push_back(std::exp(magnitude * random.uniform()));
        expect_every_prefix_fair(weights, 6000, 1);
      }
    }
  }
}

/// Weights that are hard for trees and greedy schedules: powers, one giant, nearly equal ones, repeated tiny
/// ones.
TEST(MixtureScheduleTest, AdversarialWeightsAreWithinOne) {
  for (const double base : {2.0, 3.0, 10.0, 1000.0}) {
    for (const std::size_t labels : {5U, 7U, 9U}) {
      std::vector<double> powers;
      for (std::size_t label = 0; label < labels; ++label)
        powers.push_back(std::pow(base, static_cast<double>(label)));
      if (powers.back() > 0x1p52) continue;
      expect_every_prefix_fair(powers, 10'000, 1);
      std::vector<double> giant(labels, 1);
      giant[0] = std::pow(base, 5);
      expect_every_prefix_fair(giant, 10'000, 1);
      std::vector<double> near(labels, 100'003);
      near[0] += base;
      near[1] = 1 / base;
      expect_every_prefix_fair(near, 10'000, 1);
    }
  }
}

TEST(MixtureScheduleTest, LargeRowNumbersAreFairAndConsistent) {
  const std::vector<double> weights = {3'100'000'007, 1'200'000'001, 600'000'011, 99'999'981};
  const MixtureSchedule schedule(weights);
  const auto sum = static_cast<std::uint64_t>(std::accumulate(weights.begin(), weights.end(), 0.0));
  base::Random random({4});
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t n = random.below(3 * sum);
    const auto before = schedule.counts_after(n);
    auto after = before;
    const auto slot = schedule.at(n);
    EXPECT_EQ(slot.number, before[slot.label]);
    ++after[slot.label];
    EXPECT_EQ(schedule.counts_after(n + 1), after);
    for (std::size_t label = 0; label < weights.size(); ++label) {
      const auto share = static_cast<long double>(n) * weights[label] / sum;
      EXPECT_LT(std::abs(static_cast<long double>(before[label]) - share), 1);
    }
  }
  for (std::size_t label = 0; label < weights.size(); ++label) {
    EXPECT_EQ(schedule.counts_after(7 * sum)[label], 7 * static_cast<std::uint64_t>(weights[label]));
  }
}

TEST(MixtureScheduleTest, RefusesWhatIsNoMix) {
  EXPECT_THROW(MixtureSchedule({}), base::Error);
  EXPECT_THROW(MixtureSchedule({0, 0}), base::Error);
  EXPECT_THROW(MixtureSchedule({1, -1}), base::Error);
  EXPECT_THROW(MixtureSchedule({1, NAN}), base::Error);
  EXPECT_THROW(MixtureSchedule({1, INFINITY}), base::Error);
}

TEST(TemperatureWeightsTest, FromNaturalToBalanced) {
  const std::vector<std::uint64_t> rows = {900, 100, 0};
  EXPECT_EQ(temperature_weights(rows, 1), (std::vector<double>{900, 100, 0}));
  EXPECT_EQ(temperature_weights(rows, 2), (std::vector<double>{30, 10, 0}));
  EXPECT_EQ(temperature_weights(rows, std::numeric_limits<double>::infinity()),
            (std::vector<double>{1, 1, 0}));
  EXPECT_THROW(temperature_weights(rows, 0), base::Error);
  EXPECT_THROW(temperature_weights(rows, NAN), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokens
