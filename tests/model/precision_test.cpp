#include "common/model/precision.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/model/experts.h"
#include "common/model/objective.h"
#include "common/model/transformer.h"

namespace palimpsest::model {
namespace {

constexpr std::int64_t kRowTokens = 64;
constexpr double kTolerance = 0.02;  ///< bfloat16 keeps 8 bits, so a number is off by up to 0.4 %

/// The preset `nano` with a small vocabulary.
ModelConfig nano() {
  ModelConfig config = load_model_config("nano");
  config.vocabulary = 512;
  return config;
}

/// Two rows of one segment each.
RowBatch batch_of() {
  RowBatch batch{.rows = 2, .row_tokens = kRowTokens, .ids = {}, .segments = {}};
  base::Random random{3};
  for (std::int64_t row = 0; row < batch.rows; ++row) {
    for (std::int64_t i = 0; i + 1 < kRowTokens; ++i)
      batch.ids.push_back(static_cast<std::int64_t>(tokens::kSpecialCount + random.below(500)));
    batch.ids.push_back(tokens::kEndId);
    batch.segments.push_back({.row = row, .end = kRowTokens, .header = 4, .label = row, .text_bytes = 200});
  }
  return batch;
}

struct Step {
  ModelOutput output;
  double loss = 0;
  std::vector<at::Tensor> gradients;
};

Step step(Precision precision) {
  Transformer transformer(nano(), 2, at::kCPU);
  transformer.set_precision(precision);
  const RowBatch batch = batch_of();
  base::Random random{4};
  const MaskPlan masks = draw_stratified_masks(batch, random);
  Step result{.output = transformer.forward(ModelInput::from(batch, masks, {}, at::kCPU)), .gradients = {}};
  StepTotals totals = step_totals(batch, masks, transformer.config());
  add_top_choices(result.output, totals);
  const Objective objective = compute_objective(result.output, batch, masks, totals,
                                                {.load_balance = 0.1, .z = 0.1, .supervised = 0.5});
  objective.total.backward();
  result.loss = objective.total.item<double>();
  for (const Parameter& parameter : transformer.parameters())
    result.gradients.push_back(parameter.value.grad());
  return result;
}

double relative_difference(const at::Tensor& value, const at::Tensor& expected) {
  return ((value - expected).norm() / (expected.norm() + 1e-12)).item<double>();
}

TEST(PrecisionTest, AStepOfNanoInBfloat16IsNearThatInFloat32) {
  const Step exact = step(Precision::kFloat32);
  const Step rough = step(Precision::kBfloat16);
  EXPECT_NEAR(rough.loss, exact.loss, kTolerance * exact.loss);
  EXPECT_NE(rough.loss, exact.loss) << "it was not computed in bfloat16";
  EXPECT_LT(relative_difference(rough.output.logits_MV(), exact.output.logits_MV()), kTolerance);
  for (std::size_t i = 0; i < exact.gradients.size(); ++i) {
    if (!exact.gradients[i].defined()) continue;
    EXPECT_EQ(rough.gradients[i].scalar_type(), at::kFloat);
    EXPECT_LT(relative_difference(rough.gradients[i], exact.gradients[i]), 5 * kTolerance)
        << "parameter " << i;
  }
}

TEST(PrecisionTest, RoutersAndTheResidualStreamStayFloat32) {
  const Step rough = step(Precision::kBfloat16);
  EXPECT_EQ(rough.output.hidden_MD.scalar_type(), at::kFloat);
  for (const RouterState& router : rough.output.routers) {
    EXPECT_EQ(router.logits_UE.scalar_type(), at::kFloat);
    EXPECT_EQ(router.probs_UE.scalar_type(), at::kFloat);
  }
}

TEST(PrecisionTest, EveryWayToRunExpertsTakesIt) {
  constexpr std::int64_t kExperts = 4;
  const at::Tensor x_ND = at::randn({40, 16});
  const ExpertWeights weights{at::randn({kExperts, 48, 16}), at::randn({kExperts, 16, 24})};
  const at::Tensor expert_N = at::arange(40).remainder(3);
  const at::Tensor expected = run_experts(ExpertPath::kLoop, weights, x_ND, expert_N);
  for (const ExpertPath path : {ExpertPath::kLoop, ExpertPath::kPadded, ExpertPath::kGrouped}) {
    const ProductPrecision products(Precision::kBfloat16, at::kCPU);
    const at::Tensor got = run_experts(path, weights, x_ND, expert_N);
    EXPECT_EQ(got.scalar_type(), at::kBFloat16);
    EXPECT_LT(relative_difference(got.to(at::kFloat), expected), kTolerance);
  }
}

TEST(PrecisionTest, EndsWithItsScope) {
  EXPECT_EQ(product_type(at::kCPU), at::kFloat);
  {
    const ProductPrecision outer(Precision::kBfloat16, at::kCPU);
    EXPECT_EQ(product_type(at::kCPU), at::kBFloat16);
    {
      const ProductPrecision inner(Precision::kFloat32, at::kCPU);
      EXPECT_EQ(product_type(at::kCPU), at::kFloat);
    }
    EXPECT_EQ(product_type(at::kCPU), at::kBFloat16);
  }
  EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
}

}  // namespace
}  // namespace palimpsest::model
