#include "train/gradient_step.h"

#include <cmath>
#include <optional>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/sample_batch.h"
#include "tests/train/rank_threads.h"

namespace palimpsest::train {
namespace {

constexpr std::size_t kFamilies = 4;
constexpr model::LossCoefficients kAllLosses = {.load_balance = 0.7, .z = 0.3, .supervised = 0.9};
constexpr model::LossCoefficients kNoRoutingLoss = {.load_balance = 0, .z = 0, .supervised = 0};

TrainingBatch sample(std::int64_t rows, bool forced = false) {
  TrainingBatch batch;
  batch.rows = test::sample_batch(rows);
  base::Random random{4};
  batch.masks = model::draw_stratified_masks(batch.rows, random);
  for (const model::BatchSegment& segment : batch.rows.segments) {
    batch.forced.push_back(forced ? segment.label : model::kRouterChooses);
  }
  return batch;
}

struct Result {
  StepLosses losses;
  RoutingSignals signals;
  std::vector<at::Tensor> gradients;
};

Result run(const model::Transformer& transformer, const TrainingBatch& batch, std::int64_t micro_batches,
           const model::LossCoefficients& coefficients, const ProcessGroup& group = ProcessGroup()) {
  RoutingSignals signals(transformer.config(), kFamilies);
  const StepLosses losses =
      accumulate_gradients(transformer, batch, micro_batches, coefficients, signals, group);
  std::vector<at::Tensor> gradients;
  for (const model::Parameter& parameter : transformer.parameters()) {
    const at::Tensor& gradient = parameter.value.grad();
    gradients.push_back(gradient.defined() ? gradient.clone() : at::zeros_like(parameter.value));
    parameter.value.mutable_grad().reset();
  }
  return {losses, signals, gradients};
}

void expect_near(const Result& result, const Result& expected, const model::Transformer& transformer) {
  EXPECT_NEAR(result.losses.total, expected.losses.total, 1e-6);
  EXPECT_NEAR(result.losses.nelbo, expected.losses.nelbo, 1e-6);
  EXPECT_NEAR(result.losses.z, expected.losses.z, 1e-6);
  EXPECT_NEAR(result.losses.supervised, expected.losses.supervised, 1e-6);
  EXPECT_NEAR(result.signals.load_balance(), expected.signals.load_balance(), 1e-6);
  EXPECT_NEAR(result.signals.entropy(), expected.signals.entropy(), 1e-6);
  EXPECT_EQ(result.signals.counts().mean_specialization(), expected.signals.counts().mean_specialization());
  for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
    EXPECT_LE((result.gradients[i] - expected.gradients[i]).abs().max().item<double>(), 1e-6)
        << transformer.parameters()[i].name;
  }
}

class MicroBatchTest : public testing::TestWithParam<model::RouterMode> {};

TEST_P(MicroBatchTest, LossesAndGradientsDoNotDependOnTheirNumber) {
  const model::Transformer transformer(test::tiny_config(GetParam()), 2, at::kCPU);
  TrainingBatch batch = sample(6);
  // Rows of unequal weight: a mean of means would show.
  batch.rows.segments[0].header += 4;
  base::Random random{5};
  batch.masks = model::draw_stratified_masks(batch.rows, random);
  const Result whole = run(transformer, batch, 1, kAllLosses);
  for (const std::int64_t parts : {2, 3, 4, 6}) {
    const Result split = run(transformer, batch, parts, kAllLosses);
    EXPECT_NEAR(split.losses.total, whole.losses.total, 1e-5);
    EXPECT_NEAR(split.losses.nelbo, whole.losses.nelbo, 1e-5);
    EXPECT_NEAR(split.losses.z, whole.losses.z, 1e-5);
    EXPECT_NEAR(split.losses.supervised, whole.losses.supervised, 1e-5);
    EXPECT_NEAR(split.signals.load_balance(), whole.signals.load_balance(), 1e-6);
    EXPECT_NEAR(split.signals.entropy(), whole.signals.entropy(), 1e-6);
    for (std::size_t i = 0; i < whole.gradients.size(); ++i) {
      const double error = (split.gradients[i] - whole.gradients[i]).abs().max().item<double>();
      EXPECT_LE(error, 1e-6) << transformer.parameters()[i].name << ", " << parts << " micro-batches";
    }
  }
}

TEST_P(MicroBatchTest, RanksAreMicroBatchesInOtherProcesses) {
  const model::Transformer transformer(test::tiny_config(GetParam()), 2, at::kCPU);
  TrainingBatch batch = sample(6);
  batch.rows.segments[0].header += 4;
  base::Random random{5};
  batch.masks = model::draw_stratified_masks(batch.rows, random);
  struct Case {
    int ranks;
    std::int64_t micro_batches;  // of a step
    std::int64_t parts;          // in one process
  };
  for (const Case& c : {Case{2, 2, 2}, Case{2, 1, 2}, Case{2, 4, 4}, Case{3, 1, 3}, Case{4, 5, 4}}) {
    SCOPED_TRACE(testing::Message() << c.ranks << " ranks, " << c.micro_batches << " micro-batches");
    const Result expected = run(transformer, batch, c.parts, kAllLosses);
    std::vector<std::optional<Result>> results(static_cast<std::size_t>(c.ranks));
    run_ranks(c.ranks, [&](ProcessGroup& group) {
      const model::Transformer own(test::tiny_config(GetParam()), 2, at::kCPU);
      results[static_cast<std::size_t>(group.rank())] = run(own, batch, c.micro_batches, kAllLosses, group);
    });
    for (const std::optional<Result>& result : results) {
      ASSERT_TRUE(result.has_value());
      expect_near(*result, expected, transformer);
      for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
        EXPECT_TRUE(result->gradients[i].equal(results[0]->gradients[i])) << "ranks differ";
      }
      EXPECT_EQ(result->losses.total, results[0]->losses.total);
    }
  }
}

TEST_P(MicroBatchTest, TheTotalIsTheWeightedSumOfItsParts) {
  const model::Transformer transformer(test::tiny_config(GetParam()), 2, at::kCPU);
  const Result result = run(transformer, sample(4), 2, kAllLosses);
  EXPECT_NEAR(result.losses.total,
              result.losses.nelbo + kAllLosses.load_balance * result.signals.load_balance() +
                  kAllLosses.z * result.losses.z + kAllLosses.supervised * result.losses.supervised,
              1e-5);
}

INSTANTIATE_TEST_SUITE_P(Modes, MicroBatchTest,
                         testing::Values(model::RouterMode::kToken, model::RouterMode::kSegment));

TEST(GradientStepTest, UnderTeacherForcingAnExpertLearnsFromItsFamilyAlone) {
  const model::Transformer transformer(test::tiny_config(), 2, at::kCPU);
  const TrainingBatch batch = sample(8, /*forced=*/true);
  for (std::int64_t family = 0; family < static_cast<std::int64_t>(kFamilies); ++family) {
    TrainingBatch others = batch;  // the loss of the other families only
    for (std::size_t i = 0; i < others.masks.positions.size(); ++i) {
      const auto segment = static_cast<std::size_t>(others.masks.segment[i]);
      if (others.rows.segments[segment].label == family) others.masks.weight[i] = 0;
    }
    const Result result = run(transformer, others, 1, kNoRoutingLoss);
    for (std::size_t i = 0; i < result.gradients.size(); ++i) {
      if (!model::is_expert_parameter(transformer.parameters()[i].name)) continue;
      for (std::int64_t expert = 0; expert < static_cast<std::int64_t>(kFamilies); ++expert) {
        EXPECT_EQ(result.gradients[i][expert].abs().max().item<double>() == 0, expert == family)
            << transformer.parameters()[i].name << " of expert " << expert << ", family " << family;
      }
    }
  }
}

TEST(GradientStepTest, HeaderTokensAreInNoLossNorByteCount) {
  const TrainingBatch batch = sample(6);
  std::int64_t header = 0;
  for (const model::BatchSegment& segment : batch.rows.segments) header += segment.header;
  std::int64_t tokens = 0;
  for (const std::int64_t id : batch.rows.ids) tokens += id != tokens::kPadId ? 1 : 0;
  EXPECT_EQ(batch.rows.maskable(), tokens - header);
  // Every masked position weighs L / k, so that a segment's weights sum to its L: header tokens have none.
  double weight = 0;
  for (const float w : batch.masks.weight) weight += static_cast<double>(w);
  EXPECT_NEAR(weight, static_cast<double>(batch.rows.maskable()), 1e-3);
  EXPECT_EQ(batch.rows.text_bytes(), 6 * (27 + 21));
}

TEST(GradientStepTest, SignalsNameEveryLayerFamilyAndExpert) {
  const model::Transformer transformer(test::tiny_config(), 2, at::kCPU);
  RoutingSignals signals(transformer.config(), kFamilies);
  accumulate_gradients(transformer, sample(8), 1, kAllLosses, signals);
  const io::Json layers = signals.to_json({"a", "b", "c", "d"});
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0]["layer"], 1);
  double load = 0;
  for (const io::Json& share : layers[0]["load"]) load += share.get<double>();
  EXPECT_NEAR(load, 1, 1e-5);
  EXPECT_EQ(layers[0]["families"].size(), kFamilies);
  double squares = 0;
  for (const model::Parameter& parameter : transformer.parameters()) {
    squares += parameter.value.square().sum().item<double>();
  }
  EXPECT_NEAR(weight_norm(transformer.parameters()), std::sqrt(squares), 1e-4);
  const io::Json gradients = gradient_signals(transformer.parameters());
  ASSERT_EQ(gradients.size(), 1U);
  EXPECT_GT(gradients[0]["router"], 0);
  EXPECT_EQ(gradients[0]["experts"].size(), 4U);
}

TEST(GradientStepTest, SplittingKeepsEveryRowSegmentAndMask) {
  const TrainingBatch batch = sample(5);
  const std::vector<TrainingBatch> parts = split_batch(batch, 2);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].rows.rows + parts[1].rows.rows, 5);
  std::vector<std::int64_t> ids = parts[0].rows.ids;
  ids.insert(ids.end(), parts[1].rows.ids.begin(), parts[1].rows.ids.end());
  EXPECT_EQ(ids, batch.rows.ids);
  EXPECT_EQ(parts[0].masks.positions.size() + parts[1].masks.positions.size(), batch.masks.positions.size());
  for (const TrainingBatch& part : parts) {
    for (std::size_t i = 0; i < part.masks.positions.size(); ++i) {
      const model::BatchSegment& segment =
          part.rows.segments[static_cast<std::size_t>(part.masks.segment[i])];
      EXPECT_GE(part.masks.positions[i], part.rows.flat(segment.row, segment.maskable_begin()));
      EXPECT_LT(part.masks.positions[i], part.rows.flat(segment.row, segment.end));
    }
  }
}

}  // namespace
}  // namespace palimpsest::train
