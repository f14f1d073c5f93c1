#include "common/model/transformer.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/model/objective.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

at::Tensor logits_of(const Transformer& model, const RowBatch& batch, const MaskPlan& masks) {
  const c10::NoGradGuard no_grad;
  return model.forward(ModelInput::from(batch, masks, {}, at::kCPU)).logits_MV();
}

MaskPlan masks_of(const RowBatch& batch) {
  base::Random random{4};
  return draw_stratified_masks(batch, random);
}

TEST(TransformerTest, ParameterCountIsWhatTheConfigSays) {
  for (const ModelConfig& config : {test::tiny_config(),
                                    [] {
                                      ModelConfig dense = test::tiny_config();
                                      dense.moe_layers.clear();
                                      dense.experts = 0;
                                      return dense;
                                    }(),
                                    [] {
                                      ModelConfig all = test::tiny_config();
                                      all.bias_balancing = true;
                                      all.shared_hidden = 6;
                                      return all;
                                    }()}) {
    const Transformer model(config, 1, at::kCPU);
    std::int64_t elements = 0;
    for (const Parameter& parameter : model.parameters()) elements += parameter.value.numel();
    EXPECT_EQ(elements, count_parameters(config).total);
  }
}

class IsolationTest : public testing::TestWithParam<RouterMode> {};

TEST_P(IsolationTest, ChangingOneSegmentLeavesTheOthersBitwiseEqual) {
  const Transformer model(test::tiny_config(GetParam()), 2, at::kCPU);
  const RowBatch batch = test::sample_batch(2);
  const MaskPlan masks = masks_of(batch);
  const at::Tensor before = logits_of(model, batch, masks);
  for (std::size_t changed = 0; changed < batch.segments.size(); ++changed) {
    RowBatch other = batch;
    const BatchSegment& segment = batch.segments[changed];
    for (std::int64_t i = segment.begin; i < segment.end; ++i) {
      other.ids[static_cast<std::size_t>(batch.flat(segment.row, i))] = tokens::kSpecialCount;
    }
    const at::Tensor after = logits_of(model, other, masks);
    for (std::size_t m = 0; m < masks.positions.size(); ++m) {
      if (masks.segment[m] == static_cast<std::int64_t>(changed)) continue;
      const auto row = static_cast<std::int64_t>(m);
      EXPECT_TRUE(at::equal(before[row], after[row])) << "segment " << changed << " reached position " << m;
    }
  }
}

TEST_P(IsolationTest, ChangingOneTokenLeavesTheOtherSegmentsBitwiseEqual) {
  const Transformer model(test::tiny_config(GetParam()), 2, at::kCPU);
  const RowBatch batch = test::sample_batch(2);
  const MaskPlan masks = masks_of(batch);
  const at::Tensor before = logits_of(model, batch, masks);
  for (std::size_t changed = 0; changed < batch.ids.size(); ++changed) {
    RowBatch other = batch;
    other.ids[changed] = tokens::kSpecialCount + (batch.ids[changed] + 1) % 12;  // padding too
    const at::Tensor after = logits_of(model, other, masks);
    const auto row = static_cast<std::int64_t>(changed) / batch.row_tokens;
    const auto position = static_cast<std::int64_t>(changed) % batch.row_tokens;
    for (std::size_t m = 0; m < masks.positions.size(); ++m) {
      const BatchSegment& segment = batch.segments[static_cast<std::size_t>(masks.segment[m])];
      if (segment.row == row && segment.begin <= position && position < segment.end) continue;
      const auto index = static_cast<std::int64_t>(m);
      EXPECT_TRUE(at::equal(before[index], after[index])) << "token " << changed << " reached position " << m;
    }
  }
}

TEST_P(IsolationTest, WhatIsUnderAMaskNeverReachesTheLogits) {
  const Transformer model(test::tiny_config(GetParam()), 2, at::kCPU);
  const RowBatch batch = test::sample_batch(2);
  const MaskPlan masks = masks_of(batch);
  RowBatch other = batch;
  for (const std::int64_t position : masks.positions) {
    other.ids[static_cast<std::size_t>(position)] = tokens::kSpecialCount + 5;
  }
  EXPECT_TRUE(at::equal(logits_of(model, batch, masks), logits_of(model, other, masks)));
}

INSTANTIATE_TEST_SUITE_P(Modes, IsolationTest, testing::Values(RouterMode::kToken, RouterMode::kSegment));

TEST(TransformerTest, VisibleTokensDoReachTheLogits) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  const RowBatch batch = test::sample_batch(1);
  const MaskPlan masks = masks_of(batch);
  RowBatch other = batch;
  other.ids[0] = tokens::kSpecialCount + 11 - (batch.ids[0] - tokens::kSpecialCount);
  EXPECT_FALSE(at::equal(logits_of(model, batch, masks), logits_of(model, other, masks)));
}

TEST(TransformerTest, MaskAndPadHaveNoLogit) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  const RowBatch batch = test::sample_batch(1);
  EXPECT_EQ(logits_of(model, batch, masks_of(batch)).size(1),
            test::tiny_config().vocabulary - kFirstPredictable);
  EXPECT_GT(tokens::kEndId, tokens::kMaskId);
}

TEST(TransformerTest, SegmentModeSendsAWholeSegmentToOneExpert) {
  const Transformer model(test::tiny_config(RouterMode::kSegment), 2, at::kCPU);
  const RowBatch batch = test::sample_batch(3);
  const c10::NoGradGuard no_grad;
  const ModelInput input = ModelInput::from(batch, masks_of(batch), {}, at::kCPU);
  const at::Tensor expert_N = model.forward(input).routers[0].expert_N;
  for (std::int64_t s = 0; s < input.segments; ++s) {
    const at::Tensor experts = expert_N.masked_select(input.segment_N == s);
    EXPECT_TRUE((experts == experts[0]).all().item<bool>());
  }
}

TEST(TransformerTest, ForcedSegmentsTrainOnlyTheirOwnExpert) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  RowBatch batch = test::sample_batch(2);
  std::vector<std::int64_t> forced(batch.segments.size(), 3);
  const MaskPlan masks = masks_of(batch);
  const ModelOutput output = model.forward(ModelInput::from(batch, masks, forced, at::kCPU));
  compute_objective(output, batch, masks, step_totals(batch, masks, model.config()), {}).total.backward();
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name != "layers.1.experts.in") continue;
    for (std::int64_t e = 0; e < 4; ++e) {
      EXPECT_EQ(parameter.value.grad()[e].abs().sum().item<double>() > 0, e == 3) << "expert " << e;
    }
  }
}

TEST(TransformerTest, EqualExpertsAnswerEquallyWhicheverServes) {
  // What upcycling rests on: forcing changes whose weights serve, not the gate.
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  const c10::NoGradGuard no_grad;
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name.find(".experts.") == std::string::npos) continue;
    parameter.value.copy_(parameter.value[0].clone().expand_as(parameter.value));
  }
  const RowBatch batch = test::sample_batch(2);
  const MaskPlan masks = masks_of(batch);
  const at::Tensor chosen = logits_of(model, batch, masks);
  for (std::int64_t expert = 0; expert < 4; ++expert) {
    const std::vector<std::int64_t> forced(batch.segments.size(), expert);
    const at::Tensor logits = model.forward(ModelInput::from(batch, masks, forced, at::kCPU)).logits_MV();
    EXPECT_TRUE(at::allclose(logits, chosen, 1e-5, 1e-6)) << "expert " << expert;
  }
}

TEST(TransformerTest, LoadRefusesMissingMisshapenAndNonFiniteTensors) {
  Transformer model(test::tiny_config(), 2, at::kCPU);
  const NamedTensors good = model.named_tensors();
  NamedTensors missing = good;
  missing.pop_back();
  NamedTensors misshapen = good;
  misshapen[0].second = at::zeros({3});
  NamedTensors nan = good;
  nan[1].second = at::full_like(nan[1].second, NAN);
  NamedTensors extra = good;
  extra.emplace_back("surplus", at::zeros({1}));
  EXPECT_NO_THROW(model.load(good, "x"));
  for (const NamedTensors& bad : {missing, misshapen, nan, extra})
    EXPECT_THROW(model.load(bad, "x"), base::Error);
}

}  // namespace
}  // namespace palimpsest::model
