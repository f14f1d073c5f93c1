#include "train/bias_balancing.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/model/routing_losses.h"
#include "tests/support/sample_batch.h"
#include "train/optimizer.h"

namespace palimpsest::train {
namespace {

TEST(BiasBalancingTest, SpreadsTheLoadOfACollapsedRouter) {
  model::ModelConfig config = test::tiny_config(model::RouterMode::kToken);
  config.bias_balancing = true;
  const model::Transformer transformer(config, 1, at::kCPU);
  const c10::NoGradGuard no_grad;
  for (const model::Parameter& parameter : transformer.parameters()) {
    if (parameter.name == "layers.1.router_bias") parameter.value[2] = 0.1;
  }
  TrainingBatch batch{.rows = test::sample_batch(4)};
  base::Random random{3};
  batch.masks = model::draw_stratified_masks(batch.rows, random);
  const model::ModelInput input = model::ModelInput::from(batch.rows, batch.masks, {}, at::kCPU);
  const auto largest_share = [&] {
    const at::Tensor load = model::top_choices(transformer.forward(input).routers[0]).to(at::kDouble);
    return (load.max() / load.sum()).item<double>();
  };
  EXPECT_EQ(largest_share(), 1);
  for (int step = 0; step < 300; ++step) {
    RoutingSignals signals(config, 4);
    signals.add(transformer.forward(input), input, batch);
    balance_biases(transformer.parameters(), signals, 5e-4);
  }
  EXPECT_LT(largest_share(), 0.4);
}

TEST(BiasBalancingTest, TheOptimizerLeavesTheBiasAlone) {
  model::ModelConfig config = test::tiny_config();
  config.bias_balancing = true;
  const model::Transformer transformer(config, 1, at::kCPU);
  const Optimizer optimizer(transformer.parameters(), Recipe{});
  for (const auto& [name, moment] : optimizer.named_tensors())
    EXPECT_EQ(name.find("router_bias"), std::string::npos) << name;
}

}  // namespace
}  // namespace palimpsest::train
