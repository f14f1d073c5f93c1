#include "common/base/bootstrap.h"

#include <cmath>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::base {
namespace {

std::vector<double> ratio(std::span<const double> sums) {
  return {sums[0] / sums[1]};
}

TEST(BootstrapTest, IntervalOfAMeanCoversItAboutAsOftenAsItSays) {
  int covered = 0;
  for (std::uint64_t trial = 0; trial < 100; ++trial) {
    Random random{trial};
    std::vector<Cluster> clusters;
    for (int i = 0; i < 60; ++i) clusters.push_back({.sums = {random.uniform(), 1}});
    const Interval interval = bootstrap(clusters, ratio, 1).at(0);
    EXPECT_LT(interval.low, interval.value);
    EXPECT_LT(interval.value, interval.high);
    covered += interval.low < 0.5 && interval.high > 0.5 ? 1 : 0;
  }
  EXPECT_GE(covered, 86);
}

TEST(BootstrapTest, StrataKeepTheirSize) {
  // Without strata the share of stratum 1 would vary; with them it cannot.
  std::vector<Cluster> clusters;
  for (int i = 0; i < 20; ++i)
    clusters.push_back({.stratum = i < 5 ? 1U : 0U, .sums = {i < 5 ? 1.0 : 0.0, 1}});
  const Interval interval = bootstrap(clusters, ratio, 1).at(0);
  EXPECT_EQ(interval.low, 0.25);
  EXPECT_EQ(interval.high, 0.25);
}

TEST(BootstrapTest, EmptyAndUndefinedDoNotFail) {
  EXPECT_TRUE(bootstrap({}, ratio, 1).empty());
  EXPECT_TRUE(std::isnan(bootstrap({{.sums = {0, 0}}}, ratio, 1).at(0).value));
}

}  // namespace
}  // namespace palimpsest::base
