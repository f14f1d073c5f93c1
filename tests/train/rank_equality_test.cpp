// Everything that a recipe can ask for, on two ranks and on one with as many micro-batches: the same step.
#include <algorithm>
#include <cmath>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/model/span_masks.h"
#include "tests/support/sample_batch.h"
#include "tests/train/rank_threads.h"
#include "train/gradient_step.h"

namespace palimpsest::train {
namespace {

constexpr std::int64_t kRows = 6;  ///< of a step, second copies not counted
constexpr model::LossCoefficients kLosses = {.load_balance = 0.7, .z = 0.3, .supervised = 0.9, .span = 0.5};

struct Case {
  std::string name;
  double span_share = 0;
  bool complementary = false;
  double jitter = 0;
  double forced_share = 0;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

TrainingBatch batch_of(const Case& c) {
  TrainingBatch batch;
  batch.rows = test::sample_batch(kRows);
  batch.rows.segments[0].header += 4;  // a mean of means would show
  base::Random random{5};
  model::Holes holes;
  if (c.span_share > 0) {
    holes = model::draw_holes(batch.rows, std::vector<model::TokenShape>(20), c.span_share, random);
  }
  batch.masks = model::draw_stratified_masks(batch.rows, random, holes);
  if (c.complementary) {
    const model::MaskPlan complement = model::complement_of(batch.masks, batch.rows, holes);
    const auto segments = static_cast<std::int64_t>(batch.rows.segments.size());
    model::append_masks(batch.masks, complement, segments, batch.rows.flat(batch.rows.rows, 0));
    batch.rows.append(model::RowBatch(batch.rows));
  }
  for (std::int64_t row = 0; row < batch.rows.rows; ++row) batch.jitter_seeds.push_back(random.next());
  for (const model::BatchSegment& segment : batch.rows.segments) {
    const bool to_label = random.uniform() < c.forced_share;
    batch.forced.push_back(to_label ? segment.label : model::kRouterChooses);
  }
  return batch;
}

struct Result {
  StepLosses losses;
  std::vector<double> signals;
  std::vector<at::Tensor> gradients;
};

Result step(const model::ModelConfig& config, const TrainingBatch& batch, std::int64_t micro_batches,
            const ProcessGroup& group = ProcessGroup()) {
  const model::Transformer transformer(config, 2, at::kCPU);
  RoutingSignals signals(config, 4);
  Result result{.losses = accumulate_gradients(transformer, batch, micro_batches, kLosses, signals, group),
                .signals = signals.sums(),
                .gradients = {}};
  for (const model::Parameter& parameter : transformer.parameters()) {
    const at::Tensor& gradient = parameter.value.grad();
    result.gradients.push_back(gradient.defined() ? gradient : at::zeros_like(parameter.value));
  }
  return result;
}

/// Within 1e-6 of its size, or of 1: a float32 near 7 is known to 5e-7.
void expect_near(double value, double expected) {
  EXPECT_NEAR(value, expected, 1e-6 * std::max(1.0, std::abs(expected)));
}

void expect_near(const Result& result, const Result& expected) {
  expect_near(result.losses.total, expected.losses.total);
  expect_near(result.losses.nelbo, expected.losses.nelbo);
  expect_near(result.losses.span, expected.losses.span);
  expect_near(result.losses.z, expected.losses.z);
  expect_near(result.losses.supervised, expected.losses.supervised);
  ASSERT_EQ(result.signals.size(), expected.signals.size());
  for (std::size_t i = 0; i < expected.signals.size(); ++i) {
    expect_near(result.signals[i], expected.signals[i]);
  }
  for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
    EXPECT_LE((result.gradients[i] - expected.gradients[i]).abs().max().item<double>(), 1e-6);
  }
}

class RankEqualityTest : public testing::TestWithParam<std::tuple<Case, model::RouterMode>> {};

TEST_P(RankEqualityTest, TwoRanksDoTheStepOfOne) {
  const auto& [c, mode] = GetParam();
  model::ModelConfig config = test::tiny_config(mode);
  config.router_jitter = c.jitter;
  const TrainingBatch batch = batch_of(c);
  const Result whole = step(config, batch, 1);
  for (const std::int64_t micro_batches : {2, 4}) {
    SCOPED_TRACE(testing::Message() << micro_batches << " micro-batches");
    const Result accumulated = step(config, batch, micro_batches);
    expect_near(accumulated, whole);
    std::vector<std::optional<Result>> results(2);
    run_ranks(2, [&](ProcessGroup& group) {
      results[static_cast<std::size_t>(group.rank())] = step(config, batch, micro_batches, group);
    });
    for (const std::optional<Result>& result : results) {
      ASSERT_TRUE(result.has_value());
      expect_near(*result, accumulated);
      EXPECT_EQ(result->losses.total, results[0]->losses.total);
      for (std::size_t i = 0; i < result->gradients.size(); ++i)
        EXPECT_TRUE(result->gradients[i].equal(results[0]->gradients[i])) << "ranks differ";
    }
  }
  EXPECT_EQ(whole.losses.span > 0, c.span_share > 0);
}

INSTANTIATE_TEST_SUITE_P(
    Recipes, RankEqualityTest,
    testing::Combine(testing::Values(Case{.name = "holes", .span_share = 0.5},
                                     Case{.name = "holes_only", .span_share = 1},
                                     Case{.name = "complementary_masks", .complementary = true},
                                     Case{.name = "router_jitter", .jitter = 0.3},
                                     Case{.name = "all_together",
                                          .span_share = 0.5,
                                          .complementary = true,
                                          .jitter = 0.3,
                                          .forced_share = 0.5}),
                     testing::Values(model::RouterMode::kToken, model::RouterMode::kSegment)));

}  // namespace
}  // namespace palimpsest::train
