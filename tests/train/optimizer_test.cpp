#include "train/optimizer.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

model::Parameter parameter(const char* name, const at::Tensor& value, bool decays) {
  return {name, value.clone().requires_grad_(true), decays};
}

double step(Optimizer& optimizer, std::int64_t number, double rate) {
  const double norm = optimizer.clip_gradients();
  optimizer.update(number, rate);
  return norm;
}

TEST(OptimizerTest, AdamWFollowsThePaper) {
  Recipe recipe;
  recipe.optimizer = OptimizerKind::kAdamW;
  recipe.gradient_clip = 1e9;
  const at::Tensor start = at::tensor({0.5F, -1.0F, 2.0F});
  const std::vector<model::Parameter> parameters = {parameter("w", start, true),
                                                    parameter("b", start, false)};
  Optimizer optimizer(parameters, recipe);
  double weight[2][3] = {{0.5, -1, 2}, {0.5, -1, 2}};
  double first[3] = {0, 0, 0};
  double second[3] = {0, 0, 0};
  constexpr double kRate = 0.01;
  for (int number = 0; number < 5; ++number) {
    for (int i = 0; i < 3; ++i) {
      const double gradient = (i + 1) * (number % 2 == 0 ? 0.3 : -0.2);
      first[i] = recipe.beta1 * first[i] + (1 - recipe.beta1) * gradient;
      second[i] = recipe.beta2 * second[i] + (1 - recipe.beta2) * gradient * gradient;
      const double m = first[i] / (1 - std::pow(recipe.beta1, number + 1));
      const double v = second[i] / (1 - std::pow(recipe.beta2, number + 1));
      weight[0][i] -= kRate * recipe.weight_decay * weight[0][i];
      for (auto& values : weight) values[i] -= kRate * m / (std::sqrt(v) + 1e-8);
    }
    for (const model::Parameter& p : parameters) {
      p.value.mutable_grad() = at::tensor({1.0F, 2.0F, 3.0F}) * (number % 2 == 0 ? 0.3 : -0.2);
    }
    step(optimizer, number, kRate);
  }
  for (int p = 0; p < 2; ++p) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(parameters[static_cast<std::size_t>(p)].value[i].item<double>(), weight[p][i], 1e-5);
    }
  }
}

TEST(OptimizerTest, OrthogonalizedMatricesHaveSingularValuesNearOne) {
  at::manual_seed(1);
  for (const auto& shape : std::vector<std::vector<std::int64_t>>{{2, 16, 16}, {1, 8, 24}, {3, 24, 8}}) {
    const at::Tensor values = std::get<1>(at::linalg_svd(orthogonalize(at::randn(shape))));
    EXPECT_GT(values.min().item<double>(), 0.5) << shape[1] << " x " << shape[2];
    EXPECT_LT(values.max().item<double>(), 1.3);
  }
}

TEST(OptimizerTest, ExpertsThatNothingReachedOnlyDecayAndLeaveTheOthersAlone) {
  at::manual_seed(2);
  const at::Tensor start = at::randn({3, 4, 6});
  const at::Tensor gradient = at::randn({4, 6}) * 0.01;
  const std::vector<model::Parameter> stack = {parameter("experts.in", start, true)};
  const std::vector<model::Parameter> alone = {parameter("dense.in", start[1], true)};
  Recipe recipe;
  Optimizer of_stack(stack, recipe);
  Optimizer of_alone(alone, recipe);
  stack[0].value.mutable_grad() = at::zeros_like(start);
  stack[0].value.grad()[1] = gradient;
  alone[0].value.mutable_grad() = gradient.clone();
  step(of_stack, 0, 0.1);
  step(of_alone, 0, 0.1);
  EXPECT_TRUE(at::allclose(stack[0].value[1], alone[0].value, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(stack[0].value[0], start[0] * (1 - 0.1 * recipe.weight_decay)));
}

TEST(OptimizerTest, GradientsAreClippedToTheGlobalNorm) {
  Recipe recipe;
  recipe.gradient_clip = 1;
  const std::vector<model::Parameter> parameters = {parameter("a", at::zeros({1}), false),
                                                    parameter("b", at::zeros({1}), false)};
  Optimizer optimizer(parameters, recipe);
  parameters[0].value.mutable_grad() = at::full({1}, 3.0);
  parameters[1].value.mutable_grad() = at::full({1}, 4.0);
  EXPECT_NEAR(step(optimizer, 0, 0.1), 5, 1e-6);
  const model::NamedTensors moments = optimizer.named_tensors();
  EXPECT_NEAR(moments[0].second.item<double>(), 0.1 * 3 / 5, 1e-6);
}

TEST(OptimizerTest, ANonFiniteGradientIsReportedAndCanBeDropped) {
  const std::vector<model::Parameter> parameters = {parameter("a", at::ones({2}), false)};
  Optimizer optimizer(parameters, {});
  parameters[0].value.mutable_grad() = at::full({2}, NAN);
  EXPECT_FALSE(std::isfinite(optimizer.clip_gradients()));
  optimizer.drop_gradients();
  EXPECT_FALSE(parameters[0].value.grad().defined());
  EXPECT_TRUE(at::equal(parameters[0].value, at::ones({2})));
}

TEST(OptimizerTest, ExpertsInheritTheMomentsOfTheFirst) {
  for (const OptimizerKind kind : {OptimizerKind::kMuon, OptimizerKind::kAdamW}) {
    Recipe recipe;
    recipe.optimizer = kind;
    const std::vector<model::Parameter> parameters = {parameter("experts.in", at::ones({3, 2, 4}), true),
                                                      parameter("experts.input", at::ones({3}), false)};
    Optimizer optimizer(parameters, recipe);
    for (const model::Parameter& p : parameters) p.value.mutable_grad() = at::zeros_like(p.value);
    parameters[0].value.grad()[0].fill_(0.5);
    parameters[1].value.grad()[0].fill_(0.5);
    step(optimizer, 0, 0.1);
    optimizer.copy_expert_moments("experts.in");
    for (const auto& [name, moment] : optimizer.named_tensors()) {
      EXPECT_GT(moment[0].abs().sum().item<double>(), 0);
      EXPECT_EQ(at::equal(moment[0], moment[2]), name.starts_with("experts.in.")) << name;
    }
  }
}

TEST(OptimizerTest, StateRoundTripsAndRefusesWhatDoesNotFit) {
  const std::vector<model::Parameter> parameters = {parameter("m.in", at::ones({2, 4}), true),
                                                    parameter("b", at::ones({2}), false)};
  Optimizer first(parameters, {});
  for (const model::Parameter& p : parameters) p.value.mutable_grad() = at::full_like(p.value, 0.5);
  step(first, 0, 0.1);
  Optimizer second(parameters, {});
  second.load(first.named_tensors(), "x");
  const model::NamedTensors left = first.named_tensors();
  const model::NamedTensors right = second.named_tensors();
  for (std::size_t i = 0; i < left.size(); ++i) EXPECT_TRUE(at::equal(left[i].second, right[i].second));
  model::NamedTensors missing = left;
  missing.pop_back();
  EXPECT_THROW(second.load(missing, "x"), base::Error);
}

}  // namespace
}  // namespace palimpsest::train
