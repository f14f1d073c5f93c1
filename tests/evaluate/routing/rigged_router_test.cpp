// Routers whose answers are known, from the weights to the scores.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "evaluate/routing/routing_measures.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::int64_t kFamilies = 4;
const std::vector<std::string> kLabels = {"core", "nestjs", "nextjs", "react"};

/// A token of id kSpecialCount + e goes to expert e: nothing but its embedding reaches the router.
model::Transformer rigged_transformer(model::RouterMode mode) {
  model::Transformer transformer(test::tiny_config(mode), 1, at::kCPU);
  model::NamedTensors tensors;
  for (const auto& [name, value] : transformer.named_tensors()) {
    at::Tensor changed = value.clone();
    if (name == "embedding" || name == "layers.1.router") changed.zero_();
    if (name == "layers.0.attention.out" || name == "layers.1.attention.out" || name == "layers.0.dense.out")
      changed.zero_();
    for (std::int64_t e = 0; e < kFamilies; ++e) {
      if (name == "embedding") changed[tokens::kSpecialCount + e][e] = 1;
      if (name == "layers.1.router") changed[e][e] = 10;
    }
    tensors.emplace_back(name, changed);
  }
  transformer.load(tensors, "rigged");
  return transformer;
}

/// A row a family and round with one segment of 2 header and 6 text tokens, all spelling `expert_of(family,
/// round)`.
template <typename ExpertOf>
MaskedBatch spelled_batch(std::int64_t rounds, const ExpertOf& expert_of) {
  MaskedBatch masked;
  masked.batch.row_tokens = 8;
  for (std::int64_t round = 0; round < rounds; ++round) {
    for (std::int64_t family = 0; family < kFamilies; ++family) {
      masked.batch.ids.insert(masked.batch.ids.end(), 8, tokens::kSpecialCount + expert_of(family, round));
      masked.batch.segments.push_back({.row = masked.batch.rows++, .end = 8, .header = 2, .label = family});
      masked.document.push_back(static_cast<std::uint32_t>(round));
    }
  }
  base::Random random{7};
  masked.masks = model::draw_stratified_masks(masked.batch, random);
  return masked;
}

template <typename ExpertOf>
SplitObservations observe(const ExpertOf& expert_of, std::int64_t rounds = 4) {
  const MaskedBatch masked = spelled_batch(rounds, expert_of);
  SplitObservations observations{.layers = 1, .experts = 4};
  observations.forced.resize(masked.batch.segments.size());
  observe_batch(rigged_transformer(model::RouterMode::kSegment), masked, 1, observations);
  return observations;
}

/// S1 of each family and the mean.
std::vector<double> specializations(const SplitObservations& observations) {
  const io::Json json = measure_routing(observations, {}, kLabels, 1).at("specialization");
  std::vector<double> values;
  for (const auto& [label, estimate] : json.items()) values.push_back(estimate.at("value"));
  return values;
}

void expect_near(const std::vector<double>& values, const std::vector<double>& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-12) << i;
}

TEST(RiggedRouterTest, EveryTokenToItsOwnExpertIsOne) {
  const SplitObservations observations = observe([](auto family, auto) { return family; });
  expect_near(specializations(observations), {1, 1, 1, 1, 1});
  const io::Json json = measure_routing(observations, {}, kLabels, 1);
  EXPECT_NEAR(json.at("normalized_mutual_information"), 1, 1e-12);
  EXPECT_LT(json.at("router_entropy"), 0.01);
  EXPECT_EQ(json.at("load"), io::Json({0.25, 0.25, 0.25, 0.25}));
  EXPECT_EQ(json.at("share").at(2), io::Json({0.0, 0.0, 1.0, 0.0}));
}

TEST(RiggedRouterTest, UniformRoutingIsZero) {
  const SplitObservations observations = observe([](auto, auto round) { return round; });
  expect_near(specializations(observations), {0, 0, 0, 0, 0});
  EXPECT_NEAR(measure_routing(observations, {}, kLabels, 1).at("normalized_mutual_information"), 0, 1e-12);
}

TEST(RiggedRouterTest, HalfOfTheTokensIsAThird) {
  expect_near(specializations(observe(
                  [](auto family, auto round) { return round % 2 == 0 ? family : (family + 1) % 4; })),
              {1. / 3, 1. / 3, 1. / 3, 1. / 3, 1. / 3});
}

TEST(RiggedRouterTest, NeverTheOwnExpertIsBelowChance) {
  expect_near(specializations(observe([](auto family, auto) { return (family + 2) % 4; })),
              {-1. / 3, -1. / 3, -1. / 3, -1. / 3, -1. / 3});
}

TEST(RiggedRouterTest, OneExpertForAllIsChanceInTheMean) {
  expect_near(specializations(observe([](auto, auto) { return 3; })), {-1. / 3, -1. / 3, -1. / 3, 1, 0});
}

TEST(RiggedRouterTest, TokenRouterIsCountedTokenByToken) {
  MaskedBatch masked = spelled_batch(1, [](auto family, auto) { return family; });
  for (std::size_t row = 0; row < 4; ++row) {  // the second token of each header is another family's
    masked.batch.ids[row * 8 + 1] = tokens::kSpecialCount + static_cast<std::int64_t>((row + 1) % 4);
  }
  masked.masks = {.mask_ratio = std::vector<double>(4, 0.1)};
  SplitObservations observations{.layers = 1, .experts = 4};
  observations.forced.resize(4);
  observe_batch(rigged_transformer(model::RouterMode::kToken), masked, 0, observations);
  for (const RoutedSegment& routed : observations.routed) EXPECT_EQ(routed.routing.units, 8U);
  const double s1 = (7. / 8 - 0.25) / 0.75;
  expect_near(specializations(observations), {s1, s1, s1, s1, s1});
}

/// This router always chooses the own expert, so forcing that one changes nothing.
TEST(RiggedRouterTest, ForcedExpertsAreOnTheSameMasks) {
  const SplitObservations observations = observe([](auto family, auto) { return family; });
  for (const ForcedSegment& forced : observations.forced) {
    EXPECT_EQ(forced.tokens, 6);
    EXPECT_NEAR(forced.routed_nats, forced.nats[forced.label], 1e-4);
  }
  const io::Json json = measure_forced(observations, kLabels, 1);
  for (std::size_t f = 0; f < kLabels.size(); ++f) {
    const io::Json& row = json.at("nats_per_token").at(f);
    double others = 0;
    for (std::size_t e = 0; e < 4; ++e) others += e == f ? 0 : row.at(e).at("value").get<double>() / 3;
    EXPECT_NEAR(json.at("own_expert_gain_nats").at(kLabels[f]).at("value"),
                others - row.at(f).at("value").get<double>(), 1e-9);
  }
}

}  // namespace
}  // namespace palimpsest::evaluate
