#include "train/weight_average.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/support/sample_batch.h"
#include "train/trainer.h"

namespace palimpsest::train {
namespace {

model::Parameter parameter(const char* name, const at::Tensor& value) {
  return {name, value.clone().requires_grad_(true), true};
}

TEST(WeightAverageTest, FollowsItsRecurrence) {
  const c10::NoGradGuard no_grad;
  const std::vector<model::Parameter> parameters = {parameter("w", at::zeros({1}))};
  WeightAverage average(parameters, 0.9);
  double expected = 0;
  for (int step = 0; step < 200; ++step) {
    parameters[0].value.fill_(step % 7);
    average.update(step);
    const double decay = std::min(0.9, (1.0 + step) / (10.0 + step));
    expected = decay * expected + (1 - decay) * (step % 7);
  }
  EXPECT_NEAR(average.named_tensors()[0].second.item<double>(), expected, 1e-5);
}

TEST(WeightAverageTest, RoundTripsAndRefusesWhatDoesNotFit) {
  const std::vector<model::Parameter> parameters = {parameter("w", at::ones({2, 2}))};
  WeightAverage average(parameters, 0.5);
  average.load({{"w", at::full({2, 2}, 3.0F)}}, "x");
  EXPECT_TRUE(at::equal(average.named_tensors()[0].second, at::full({2, 2}, 3.0F)));
  EXPECT_THROW(average.load({}, "x"), base::Error);
  EXPECT_THROW(average.load({{"w", at::ones({3})}}, "x"), base::Error);
}

TEST(WeightAverageTest, WithoutDecayItHoldsNothing) {
  const WeightAverage average({parameter("w", at::ones({2}))}, 0);
  EXPECT_FALSE(average.enabled());
  EXPECT_TRUE(average.named_tensors().empty());
}

class UpcycleTest : public testing::Test {
 protected:
  model::Transformer transformer_{test::tiny_config(), 2, at::kCPU};
  Optimizer optimizer_{transformer_.parameters(), {}};
  WeightAverage average_{transformer_.parameters(), 0.9};
  model::RowBatch batch_ = test::sample_batch(4);

  at::Tensor logits(const std::vector<std::int64_t>& forced) const {
    const c10::NoGradGuard no_grad;
    base::Random random{4};
    const model::MaskPlan masks = model::draw_stratified_masks(batch_, random);
    return transformer_.forward(model::ModelInput::from(batch_, masks, forced, at::kCPU)).logits_MV();
  }
  std::vector<std::int64_t> all(std::int64_t expert) const {
    return std::vector<std::int64_t>(batch_.segments.size(), expert);
  }
};

TEST_F(UpcycleTest, ChangesNoLogit) {
  const at::Tensor before = logits(all(kSharedExpert));
  EXPECT_FALSE(at::equal(before, logits(all(3)))) << "the experts must differ before";
  upcycle(transformer_.parameters(), optimizer_, average_);
  for (std::int64_t expert = 0; expert < 4; ++expert) EXPECT_TRUE(at::equal(before, logits(all(expert))));
  EXPECT_TRUE(at::equal(before, logits({}))) << "routed by the router";
  std::vector<std::int64_t> labels;
  for (const model::BatchSegment& segment : batch_.segments) labels.push_back(segment.label);
  EXPECT_TRUE(at::equal(before, logits(labels))) << "forced to the labels";
}

TEST_F(UpcycleTest, CopiesTheAverageToo) {
  upcycle(transformer_.parameters(), optimizer_, average_);
  for (const auto& [name, tensor] : average_.named_tensors()) {
    if (!model::is_expert_parameter(name)) continue;
    EXPECT_TRUE(at::equal(tensor[0], tensor[3])) << name;
  }
}

}  // namespace
}  // namespace palimpsest::train
