#include "common/model/routing_stats.h"

#include <cmath>

#include <gtest/gtest.h>

namespace palimpsest::model {
namespace {

TEST(RoutingStatsTest, RiggedRoutersGiveTheScoresTheyShould) {
  RoutingCounts perfect(2, 4, 4);
  RoutingCounts uniform(2, 4, 4);
  RoutingCounts half(1, 4, 4);
  for (std::size_t f = 0; f < 4; ++f) {
    for (std::size_t layer = 0; layer < 2; ++layer) {
      perfect.add(layer, f, f, 100);
      for (std::size_t e = 0; e < 4; ++e) uniform.add(layer, f, e, 25);
    }
    half.add(0, f, f, 50);
    half.add(0, f, (f + 1) % 4, 50);
  }
  EXPECT_DOUBLE_EQ(perfect.mean_specialization(), 1);
  EXPECT_DOUBLE_EQ(perfect.normalized_mutual_information(), 1);
  EXPECT_DOUBLE_EQ(uniform.mean_specialization(), 0);
  EXPECT_NEAR(uniform.normalized_mutual_information(), 0, 1e-12);
  EXPECT_DOUBLE_EQ(half.mean_specialization(), (0.5 - 0.25) / 0.75);
  EXPECT_NEAR(half.normalized_mutual_information(), 0.5, 1e-12);
}

TEST(RoutingStatsTest, FamiliesWithoutTokensHaveNoScoreAndDoNotCount) {
  RoutingCounts counts(1, 2, 2);
  counts.add(0, 0, 0, 10);
  EXPECT_TRUE(std::isnan(counts.specialization(1)));
  EXPECT_DOUBLE_EQ(counts.mean_specialization(), 1);
}

}  // namespace
}  // namespace palimpsest::model
