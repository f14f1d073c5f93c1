#include <gtest/gtest.h>

#include "evaluate/routing/routing_measures.h"

namespace palimpsest::evaluate {
namespace {

const std::vector<std::string> kLabels = {"a", "b"};

/// `segments` of one token each, alternately of both families; `expert_of(label)` serves them.
template <typename ExpertOf>
SplitObservations observe(std::size_t segments, const ExpertOf& expert_of) {
  SplitObservations observations{.layers = 1, .experts = 2};
  for (std::size_t s = 0; s < segments; ++s) {
    RoutedSegment routed{.segment = s, .label = s % 2};
    routed.routing.tokens = {{0, 0}};
    routed.routing.tokens[0][expert_of(s % 2)] = 1;
    observations.routed.push_back(routed);
    observations.forced.push_back({.label = s % 2});
  }
  return observations;
}

TEST(LabelShufflesTest, ChanceIsZeroAndAGoodRouterIsFarFromIt) {
  const io::Json json =
      shuffle_labels(observe(200, [](std::size_t label) { return label; }), kLabels, 200, 1);
  const io::Json& mean = json.at("specialization").at("mean");
  EXPECT_NEAR(mean.at("value"), 0, 0.03);
  EXPECT_LT(mean.at("low"), -0.05);
  EXPECT_GT(mean.at("high"), 0.05);
  EXPECT_LT(mean.at("high"), 0.3);
  EXPECT_DOUBLE_EQ(json.at("p").at("mean"), 1. / 201);
}

TEST(LabelShufflesTest, OneExpertForAllIsNoBetterThanChance) {
  const io::Json json = shuffle_labels(observe(50, [](std::size_t) { return 1U; }), kLabels, 40, 1);
  EXPECT_DOUBLE_EQ(json.at("p").at("mean"), 1);
  EXPECT_DOUBLE_EQ(json.at("p").at("b"), 1);  // S1 1, with any labels
  EXPECT_DOUBLE_EQ(json.at("specialization").at("b").at("low"), 1);
  EXPECT_DOUBLE_EQ(json.at("specialization").at("a").at("high"), -1);
}

TEST(LabelShufflesTest, NoneAreNull) {
  EXPECT_TRUE(shuffle_labels(observe(5, [](std::size_t label) { return label; }), kLabels, 0, 1).is_null());
}

}  // namespace
}  // namespace palimpsest::evaluate
