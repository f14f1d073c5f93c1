// Costs of segments on a tiny model with random weights, against the slow way.
#include "evaluate/score/segment_nelbo.h"

#include <cmath>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/model/objective.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::evaluate {
namespace {

SegmentBatch sample(std::int64_t rows) {
  SegmentBatch batch{.rows = test::sample_batch(rows), .document = {}, .holes = {}};
  batch.document.resize(batch.rows.segments.size(), 0);
  return batch;
}

double forward_nats(const model::Transformer& transformer, const model::RowBatch& batch,
                    const model::MaskPlan& plan, std::size_t which) {
  const c10::NoGradGuard no_grad;
  const auto output = transformer.forward(model::ModelInput::from(batch, plan, {}, at::kCPU));
  const at::Tensor nats = model::masked_cross_entropy(output, batch, plan, plan.weight).nats_M;
  return nats[static_cast<std::int64_t>(which)].item<double>();
}

TEST(SegmentNelboTest, ChainRuleIsTheSumOverPrefixes) {
  const model::Transformer transformer(test::tiny_config(), 5, at::kCPU);
  const SegmentBatch batch = sample(1);
  const model::BatchSegment& segment = batch.rows.segments[1];
  double expected = 0;
  for (std::int64_t token = 0; token < segment.maskable(); ++token) {
    model::MaskPlan plan{.mask_ratio = {0, 1}};
    for (std::int64_t i = segment.maskable_begin() + token; i < segment.end; ++i) {
      plan.positions.push_back(i);
      plan.segment.push_back(1);
      plan.weight.push_back(1);
    }
    expected += forward_nats(transformer, batch.rows, plan, 0);
  }
  const std::vector<double> nats = chain_rule_nats(transformer, {batch});
  ASSERT_EQ(nats.size(), 2U);
  EXPECT_NEAR(nats[1], expected, 1e-3);
}

TEST(SegmentNelboTest, DoesNotDependOnTheBatch) {
  const model::Transformer transformer(test::tiny_config(), 5, at::kCPU);
  const SegmentBatch whole = sample(4);
  SegmentBatch first = sample(4);
  first.rows.segments.resize(2);
  SegmentBatch rest = sample(4);
  rest.rows.segments.erase(rest.rows.segments.begin(), rest.rows.segments.begin() + 2);
  rest.first_segment = 2;
  RatioCurve curve(4);
  const auto one = segment_nelbos(transformer, {whole}, {}, "test", &curve);
  const auto two = segment_nelbos(transformer, {first, rest}, {}, "test");
  ASSERT_EQ(one.size(), two.size());
  for (std::size_t s = 0; s < one.size(); ++s) EXPECT_NEAR(one[s], two[s], 1e-3);
  for (const RatioCost& cost : curve[0]) EXPECT_TRUE(cost.levels == 0 || cost.nats_per_masked_token() > 0);
}

}  // namespace
}  // namespace palimpsest::evaluate
