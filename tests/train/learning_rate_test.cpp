#include "train/learning_rate.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace palimpsest::train {
namespace {

constexpr double kPeak = 1;
constexpr double kFinal = 0.1;

StageRecipe stage_of(Schedule schedule) {
  return {.steps = 110,
          .learning_rate = kPeak,
          .final_learning_rate = kFinal,
          .warmup_steps = 10,
          .schedule = schedule,
          .decay_share = 0.3,
          .cycles = 4};
}

class LearningRateTest : public testing::TestWithParam<Schedule> {};

TEST_P(LearningRateTest, WarmsUpLinearly) {
  const StageRecipe stage = stage_of(GetParam());
  for (std::int64_t step = 0; step < stage.warmup_steps; ++step) {
    EXPECT_DOUBLE_EQ(learning_rate(stage, step), kPeak * static_cast<double>(step + 1) / 10);
  }
  EXPECT_DOUBLE_EQ(learning_rate(stage, stage.warmup_steps), kPeak);
}

TEST_P(LearningRateTest, EndsAtTheFinalRateUnlessConstant) {
  const StageRecipe stage = stage_of(GetParam());
  const double last = GetParam() == Schedule::kConstant ? kPeak : kFinal;
  EXPECT_NEAR(learning_rate(stage, stage.steps - 1), last, 1e-12);
}

TEST_P(LearningRateTest, AStageOfOneStepHasTheFiniteRate) {
  StageRecipe stage = stage_of(GetParam());
  stage.steps = 1;
  stage.warmup_steps = 0;
  EXPECT_GT(learning_rate(stage, 0), 0);
  EXPECT_LE(learning_rate(stage, 0), kPeak);
}

INSTANTIATE_TEST_SUITE_P(Schedules, LearningRateTest,
                         testing::Values(Schedule::kCosine, Schedule::kWarmupStableDecay, Schedule::kRestarts,
                                         Schedule::kConstant));

TEST(LearningRateTest, CosineIsHalfACosine) {
  const StageRecipe stage = stage_of(Schedule::kCosine);
  for (int i = 0; i < 100; ++i) {
    const double expected = kFinal + (kPeak - kFinal) * (1 + std::cos(std::numbers::pi * i / 99)) / 2;
    EXPECT_NEAR(learning_rate(stage, 10 + i), expected, 1e-12);
  }
}

TEST(LearningRateTest, WarmupStableDecayHoldsThenFallsLinearly) {
  const StageRecipe stage = stage_of(Schedule::kWarmupStableDecay);
  for (int i = 0; i < 70; ++i) EXPECT_DOUBLE_EQ(learning_rate(stage, 10 + i), kPeak);
  for (int i = 70; i < 100; ++i) {
    EXPECT_NEAR(learning_rate(stage, 10 + i), kPeak - (kPeak - kFinal) * (i - 69) / 30, 1e-12);
  }
}

TEST(LearningRateTest, RestartsRepeatTheCosine) {
  const StageRecipe stage = stage_of(Schedule::kRestarts);
  for (int i = 0; i < 100; ++i) {
    const double expected = kFinal + (kPeak - kFinal) * (1 + std::cos(std::numbers::pi * (i % 25) / 24)) / 2;
    EXPECT_NEAR(learning_rate(stage, 10 + i), expected, 1e-12);
  }
}

TEST(LearningRateTest, ConstantStays) {
  for (int i = 10; i < 110; ++i) EXPECT_EQ(learning_rate(stage_of(Schedule::kConstant), i), kPeak);
}

}  // namespace
}  // namespace palimpsest::train
