#include "evaluate/routing/routing_measures.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/model/routing_stats.h"
#include "evaluate/routing/family_estimates.h"

namespace palimpsest::evaluate {
namespace {

const std::vector<std::string> kLabels = {"a", "b", "c"};

/// Segments of 1 to 9 tokens, sent anywhere by two layers of four experts.
SplitObservations random_observations(std::size_t segments) {
  SplitObservations observations{.layers = 2, .experts = 4};
  base::Random random{3};
  for (std::size_t s = 0; s < segments; ++s) {
    RoutedSegment routed{.segment = s,
                         .label = random.below(kLabels.size()),
                         .document = static_cast<std::uint32_t>(random.below(9)),
                         .bin = random.below(5)};
    routed.routing = {
        .tokens = {{0, 0, 0, 0}, {0, 0, 0, 0}}, .entropy = {random.uniform(), random.uniform()}, .units = 1};
    for (std::size_t i = 1 + random.below(9); i > 0; --i) {
      for (auto& layer : routed.routing.tokens) ++layer[random.below(4)];
    }
    observations.routed.push_back(routed);
    observations.forced.push_back({.label = routed.label});
  }
  return observations;
}

/// The counts of a slice by another way.
model::RoutingCounts counts_of(const SplitObservations& observations, const RoutingSlice& slice) {
  model::RoutingCounts counts(slice.layer ? 1 : 2, kLabels.size(), 4);
  for (const RoutedSegment& routed : observations.routed) {
    for (std::size_t layer = 0; layer < 2; ++layer) {
      for (std::size_t e = 0; e < 4; ++e) {
        if (slice.bin && *slice.bin != routed.bin) continue;
        if (slice.layer && *slice.layer != layer) continue;
        counts.add(slice.layer ? 0 : layer, routed.label, e, routed.routing.tokens[layer][e]);
      }
    }
  }
  return counts;
}

TEST(RoutingMeasuresTest, SlicesAgreeWithRoutingCounts) {
  const SplitObservations observations = random_observations(300);
  for (const RoutingSlice& slice : {RoutingSlice{}, RoutingSlice{.layer = 1}, RoutingSlice{.bin = 3},
                                    RoutingSlice{.layer = 0, .bin = 4}}) {
    const model::RoutingCounts counts = counts_of(observations, slice);
    const io::Json json = measure_routing(observations, slice, kLabels, 1);
    for (std::size_t f = 0; f < kLabels.size(); ++f) {
      const io::Json& s1 = json.at("specialization").at(kLabels[f]);
      EXPECT_NEAR(s1.at("value"), counts.specialization(f), 1e-12);
      EXPECT_LE(s1.at("low"), s1.at("value"));
      EXPECT_GE(s1.at("high"), s1.at("value"));
      EXPECT_NEAR(json.at("share").at(f).at(f), counts.own_share(f), 1e-12);
    }
    EXPECT_NEAR(json.at("specialization").at("mean").at("value"), counts.mean_specialization(), 1e-12);
    EXPECT_NEAR(json.at("normalized_mutual_information"), counts.normalized_mutual_information(), 1e-12);
  }
}

TEST(RoutingMeasuresTest, FamiliesAndSlicesWithoutTokensAreNull) {
  SplitObservations observations = random_observations(30);
  std::erase_if(observations.routed,
                [](const RoutedSegment& routed) { return routed.label == 1 || routed.bin == 2; });
  const io::Json json = measure_routing(observations, {}, kLabels, 1);
  EXPECT_TRUE(json.at("specialization").at("b").is_null());
  EXPECT_TRUE(json.at("share").at(1).is_null());
  EXPECT_TRUE(json.at("specialization").at("mean").is_object());
  EXPECT_TRUE(measure_routing(observations, {.bin = 2}, kLabels, 1).is_null());
}

TEST(RoutingMeasuresTest, GainIsPairedWithinDocuments) {
  SplitObservations observations{.layers = 1, .experts = 3};
  base::Random random{5};
  for (std::uint32_t document = 0; document < 40; ++document) {
    // Documents differ by nats, experts by a tenth: only a paired interval sees it.
    const double hard = 10 * random.uniform();
    observations.forced.push_back({.label = 0,
                                   .document = document,
                                   .tokens = 2,
                                   .routed_nats = hard,
                                   .nats = {2 * hard, 2 * hard + 0.2, 2 * hard + 0.4}});
  }
  const io::Json json = measure_forced(observations, kLabels, 1);
  const io::Json& gain = json.at("own_expert_gain_nats").at("a");
  for (const char* key : {"value", "low", "high"}) EXPECT_NEAR(gain.at(key), 0.15, 1e-9);
  const io::Json& own = json.at("nats_per_token").at(0).at(0);
  EXPECT_GT(own.at("high").get<double>() - own.at("low").get<double>(), 1);
  EXPECT_TRUE(json.at("nats_per_token").at(1).at(0).is_null());
}

TEST(FamilyEstimatesTest, WeightsWithinFamiliesButNotBetween) {
  const io::Json json = family_estimates({{0, 0, 3, 1}, {0, 1, 1, 0}, {2, 2, 100, 0.25}}, kLabels, 1);
  EXPECT_DOUBLE_EQ(json.at("a").at("value"), 0.75);
  EXPECT_DOUBLE_EQ(json.at("c").at("value"), 0.25);
  EXPECT_DOUBLE_EQ(json.at("mean").at("value"), 0.5);
  EXPECT_TRUE(json.at("b").is_null());
}

}  // namespace
}  // namespace palimpsest::evaluate
