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
          .choice_U = logits.argmax(-1),
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

const at::Tensor kLabels = at::tensor({2, 0, 3}, at::kLong);
const at::Tensor kWeights = at::tensor({0.9, 0.2, 0.5}, at::kDouble);

TEST(RoutingLossesTest, LoadBalanceGradientMatchesFiniteDifferences) {
  expect_gradient_matches(load_balance_loss);
}

TEST(RoutingLossesTest, ZLossGradientMatchesFiniteDifferences) {
  expect_gradient_matches(router_z_loss);
}

TEST(RoutingLossesTest, SupervisedGradientMatchesFiniteDifferences) {
  expect_gradient_matches(
      [](const RouterState& state) { return supervised_routing_loss(state, kLabels, kWeights); });
}

TEST(RoutingLossesTest, LoadBalanceIsOneWhenBalancedAndCountsExpertsWhenCollapsed) {
  const at::Tensor balanced = at::eye(4, at::kDouble) * 50.0;
  EXPECT_NEAR(load_balance_loss(state_of(balanced)).item<double>(), 1.0, 1e-12);
  const at::Tensor collapsed = at::zeros({8, 4}, at::kDouble);
  collapsed.select(1, 2).fill_(50);
  EXPECT_NEAR(load_balance_loss(state_of(collapsed)).item<double>(), 4.0, 1e-12);
}

TEST(RoutingLossesTest, SegmentsWithoutWeightTeachNothing) {
  at::Tensor logits = sample_logits().requires_grad_(true);
  const at::Tensor weights = at::tensor({1.0, 0.0, 1.0}, at::kDouble);
  supervised_routing_loss(state_of(logits), kLabels, weights).backward();
  EXPECT_EQ(logits.grad()[1].abs().sum().item<double>(), 0);
}

}  // namespace
}  // namespace palimpsest::model
