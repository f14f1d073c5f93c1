#include "train/step_guard.h"

#include <limits>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "train/early_stop.h"

namespace palimpsest::train {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(StepGuardTest, SkipsWhatIsNotFiniteAndRewindsAfterSomeInARow) {
  StepGuard guard({.skips_before_rewind = 3});
  EXPECT_EQ(guard.judge(1, 1), Verdict::kApply);
  EXPECT_EQ(guard.judge(kNan, 1), Verdict::kSkip);
  EXPECT_EQ(guard.judge(1, kInfinity), Verdict::kSkip);
  EXPECT_EQ(guard.judge(1, 1e30), Verdict::kApply) << "spikes are not looked for by default";
  EXPECT_EQ(guard.judge(1, kNan), Verdict::kSkip);
  EXPECT_EQ(guard.judge(1, kNan), Verdict::kSkip);
  EXPECT_EQ(guard.judge(1, kNan), Verdict::kRewind);
  EXPECT_EQ(guard.skipped(), 5);
  guard.set_rewinds(1);
  EXPECT_EQ(guard.judge(1, kNan), Verdict::kSkip) << "the count starts anew";
}

TEST(StepGuardTest, ASpikeIsMeasuredAgainstTheMedianOfAFullWindow) {
  StepGuard guard({.spike_factor = 4, .window = 5});
  for (const double norm : {1.0, 9.0, 1.0, 2.0, 2.0}) EXPECT_EQ(guard.judge(1, norm), Verdict::kApply);
  EXPECT_EQ(guard.judge(1, 8.1), Verdict::kSkip);
  EXPECT_EQ(guard.judge(1, 8.1), Verdict::kSkip) << "a skipped norm does not enter the window";
  EXPECT_EQ(guard.judge(1, 8.0), Verdict::kApply);
  guard.start_stage();
  EXPECT_EQ(guard.judge(1, 100), Verdict::kApply) << "a new stage has its own level";
}

TEST(StepGuardTest, ARestoredGuardDecidesTheSame) {
  const GuardSettings settings{.spike_factor = 3, .window = 4, .skips_before_rewind = 2};
  const auto norm = [](int step) { return step % 9 == 5 ? 50.0 : 1.0 / 3 + step % 4; };
  for (int stop = 0; stop < 30; ++stop) {
    StepGuard whole(settings);
    StepGuard first(settings);
    for (int step = 0; step < stop; ++step) {
      whole.judge(1, norm(step));
      first.judge(1, norm(step));
    }
    StepGuard second(settings);
    second.load(io::Json::parse(first.to_json().dump()), "x");
    for (int step = stop; step < 30; ++step)
      EXPECT_EQ(second.judge(1, norm(step)), whole.judge(1, norm(step)));
    EXPECT_EQ(second.to_json(), whole.to_json());
  }
  StepGuard guard(settings);
  EXPECT_THROW(guard.load({{"norms", 3}}, "x"), base::Error);
}

TEST(EarlyStopTest, EndsAfterValidationsWithoutABetterOne) {
  EarlyStop stop(2);
  for (const double score : {3.0, 2.0, 2.5}) stop.add(score);
  EXPECT_FALSE(stop.reached());
  EarlyStop restored(2);
  restored.load(io::Json::parse(stop.to_json().dump()), "x");
  restored.add(2.0);
  EXPECT_TRUE(restored.reached());
  EarlyStop fresh(2);
  fresh.load(EarlyStop(2).to_json(), "x");
  fresh.add(kNan);
  EXPECT_FALSE(fresh.reached());
  EarlyStop never(0);
  for (int i = 0; i < 100; ++i) never.add(1);
  EXPECT_FALSE(never.reached());
}

}  // namespace
}  // namespace palimpsest::train
