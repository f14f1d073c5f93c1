// The diffusion objective against exact enumeration on a tiny model.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/model/objective.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

MaskPlan plan_of(const RowBatch& batch, unsigned subset) {
  const BatchSegment& segment = batch.segments[0];
  const auto k = static_cast<float>(__builtin_popcount(subset));
  MaskPlan plan{.mask_ratio = {static_cast<double>(k) / static_cast<double>(segment.maskable())}};
  for (std::int64_t i = 0; i < segment.maskable(); ++i) {
    if ((subset >> i & 1U) == 0) continue;
    plan.positions.push_back(segment.maskable_begin() + i);
    plan.segment.push_back(0);
    plan.weight.push_back(static_cast<float>(segment.maskable()) / k);
  }
  return plan;
}

/// Cross entropies at the masked positions of a subset, by position in the segment.
std::vector<double> cross_entropies(const Transformer& model, const RowBatch& batch, unsigned subset) {
  const MaskPlan plan = plan_of(batch, subset);
  const ModelOutput output = model.forward(ModelInput::from(batch, plan, {}, at::kCPU));
  const at::Tensor nats = masked_cross_entropy(output, batch, plan, plan.weight).nats_M;
  std::vector<double> by_position(static_cast<std::size_t>(batch.segments[0].maskable()), 0);
  for (std::size_t i = 0; i < plan.positions.size(); ++i) {
    by_position[static_cast<std::size_t>(plan.positions[i] - batch.segments[0].maskable_begin())] =
        nats[static_cast<std::int64_t>(i)].item<double>();
  }
  return by_position;
}

/// Mean over all L! orders of sum_i -log p(x_order(i) | x_order(<i)): the any-order autoregressive bound.
double any_order_bound(const Transformer& model, const RowBatch& batch) {
  const auto length = static_cast<std::size_t>(batch.segments[0].maskable());
  const unsigned all = (1U << length) - 1;
  std::vector<std::vector<double>> nats(all + 1);
  for (unsigned subset = 1; subset <= all; ++subset) nats[subset] = cross_entropies(model, batch, subset);
  std::vector<std::size_t> order(length);
  std::iota(order.begin(), order.end(), std::size_t{0});
  double sum = 0;
  double orders = 0;
  do {
    unsigned masked = all;
    for (const std::size_t position : order) {
      sum += nats[masked][position];
      masked &= ~(1U << position);
    }
    orders += 1;
  } while (std::next_permutation(order.begin(), order.end()));
  return sum / orders;
}

class NelboTest : public testing::TestWithParam<std::int64_t> {
 protected:
  c10::NoGradGuard no_grad_;
  Transformer model_{test::tiny_config(), 5, at::kCPU};
  RowBatch batch_ = test::single_segment(GetParam());
};

TEST_P(NelboTest, ExpectationOfTheObjectiveIsTheAnyOrderBound) {
  const std::int64_t length = GetParam();
  // Exact expectation: k uniform on 1..L, then a uniform subset of size k.
  double expectation = 0;
  for (unsigned subset = 1; subset < 1U << length; ++subset) {
    const MaskPlan plan = plan_of(batch_, subset);
    const ModelOutput output = model_.forward(ModelInput::from(batch_, plan, {}, at::kCPU));
    const StepTotals totals = step_totals(batch_, plan, model_.config());
    const double value =
        compute_objective(output, batch_, plan, totals, {}).nelbo * static_cast<double>(length);
    const auto n = static_cast<double>(length);
    const double k = __builtin_popcount(subset);
    const double subsets = std::round(std::tgamma(n + 1) / (std::tgamma(k + 1) * std::tgamma(n - k + 1)));
    expectation += value / (n * subsets);
  }
  EXPECT_NEAR(expectation, any_order_bound(model_, batch_), 1e-4);
}

TEST_P(NelboTest, MeanOfTheEstimatorIsTheBound) {
  constexpr int kDraws = 3000;
  double sum = 0;
  double squares = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    base::Random random{11, static_cast<std::uint64_t>(draw)};
    const MaskPlan plan = draw_stratified_masks(batch_, random);
    const ModelOutput output = model_.forward(ModelInput::from(batch_, plan, {}, at::kCPU));
    const StepTotals totals = step_totals(batch_, plan, model_.config());
    const double value =
        compute_objective(output, batch_, plan, totals, {}).nelbo * static_cast<double>(GetParam());
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws;
  const double variance = std::max(0.0, squares / kDraws - mean * mean);  // rounding can make it negative
  const double standard_error = std::sqrt(variance / kDraws);
  EXPECT_NEAR(mean, any_order_bound(model_, batch_), 4 * standard_error + 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Lengths, NelboTest, testing::Values(1, 2, 3, 4, 5, 6));

}  // namespace
}  // namespace palimpsest::model
