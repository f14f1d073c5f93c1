#include "common/model/routing_losses.h"

#include <functional>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace palimpsest::model {
namespace {

using Loss = std::function<at::Tensor(const RouterState&)>;

RouterState state_of(const at::Tensor& logits) {
  return {.logits_UE = logits,
          .probs_UE = at::softmax(logits, -1),
          .mean_logits_SE = logits,
          .choices_UK = logits.argmax(-1, /*keepdim=*/true),
          .expert_N = logits.argmax(-1)};
}

at::Tensor sample_logits() {
  return at::tensor({0.3, -1.2, 0.7, 0.1, 1.5, 0.2, -0.4, 0.9, -0.8, 0.6, 0.25, -0.1}, at::kDouble)
      .view({3, 4});
}

/// Central differences in float64 for every logit.
void expect_gradient_matches(const Loss& loss) {
  at::Tensor logits = sample_logits().requires_grad_(true);
  loss(state_of(logits)).backward();
  constexpr double kStep = 1e-6;
  for (std::int64_t i = 0; i < logits.numel(); ++i) {
    at::Tensor up = sample_logits();
    at::Tensor down = sample_logits();
    up.view(-1)[i] += kStep;
    down.view(-1)[i] -= kStep;
    const double numeric = (loss(state_of(up)) - loss(state_of(down))).item<double>() / (2 * kStep);
    EXPECT_NEAR(logits.grad().view(-1)[i].item<double>(), numeric, 1e-8) << "logit " << i;
  }
}

double units_of(const RouterState& state) {
  return static_cast<double>(state.probs_UE.size(0));
}
at::Tensor balance_of(const RouterState& state) {
  return load_balance_loss(state, top_choices(state), units_of(state));
}
at::Tensor z_of(const RouterState& state) {
  return router_z_loss(state, units_of(state));
}

const at::Tensor kLabels = at::tensor({2, 0, 3}, at::kLong);
const at::Tensor kWeights = at::tensor({0.9, 0.2, 0.5}, at::kDouble);
constexpr double kWeightSum = 1.6;

TEST(RoutingLossesTest, LoadBalanceGradientMatchesFiniteDifferences) {
  expect_gradient_matches(balance_of);
}

TEST(RoutingLossesTest, ZLossGradientMatchesFiniteDifferences) {
  expect_gradient_matches(z_of);
}

TEST(RoutingLossesTest, SupervisedGradientMatchesFiniteDifferences) {
  expect_gradient_matches(
      [](const RouterState& state) { return supervised_routing_loss(state, kLabels, kWeights, kWeightSum); });
}

TEST(RoutingLossesTest, LoadBalanceIsOneWhenBalancedAndCountsExpertsWhenCollapsed) {
  const at::Tensor balanced = at::eye(4, at::kDouble) * 50.0;
  EXPECT_NEAR(balance_of(state_of(balanced)).item<double>(), 1.0, 1e-12);
  const at::Tensor collapsed = at::zeros({8, 4}, at::kDouble);
  collapsed.select(1, 2).fill_(50);
  EXPECT_NEAR(balance_of(state_of(collapsed)).item<double>(), 4.0, 1e-12);
}

TEST(RoutingLossesTest, SegmentsWithoutWeightTeachNothing) {
  at::Tensor logits = sample_logits().requires_grad_(true);
  const at::Tensor weights = at::tensor({1.0, 0.0, 1.0}, at::kDouble);
  supervised_routing_loss(state_of(logits), kLabels, weights, 2).backward();
  EXPECT_EQ(logits.grad()[1].abs().sum().item<double>(), 0);
}

/// Sum over micro-batches of `rows` units each of what `loss` makes of them.
template <typename PartLoss>
void expect_invariant(const PartLoss& loss) {
  const at::Tensor whole = sample_logits().requires_grad_(true);
  loss(state_of(whole), 0).backward();
  for (const std::int64_t rows : {1, 2}) {
    const at::Tensor split = sample_logits().requires_grad_(true);
    for (std::int64_t begin = 0; begin < split.size(0); begin += rows) {
      loss(state_of(split.narrow(0, begin, std::min(rows, split.size(0) - begin))), begin).backward();
    }
    EXPECT_LE((split.grad() - whole.grad()).abs().max().item<double>(), 1e-15) << rows << " units each";
  }
}

TEST(RoutingLossesTest, GradientsDoNotDependOnTheNumberOfMicroBatches) {
  const RouterState all = state_of(sample_logits());
  const at::Tensor choices = top_choices(all);
  const double units = units_of(all);
  expect_invariant(
      [&](const RouterState& state, std::int64_t) { return load_balance_loss(state, choices, units); });
  expect_invariant([&](const RouterState& state, std::int64_t) { return router_z_loss(state, units); });
  expect_invariant([&](const RouterState& state, std::int64_t begin) {
    const std::int64_t count = state.logits_UE.size(0);
    return supervised_routing_loss(state, kLabels.narrow(0, begin, count), kWeights.narrow(0, begin, count),
                                   kWeightSum);
  });
}

}  // namespace
}  // namespace palimpsest::model
