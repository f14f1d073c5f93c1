#include "train/best_checkpoints.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/model/checkpoint.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::train {
namespace {

using testing::ElementsAre;

TEST(BestCheckpointsTest, KeepsTheLowestScoresTheEarlierOfEquals) {
  BestCheckpoints best(2);
  EXPECT_TRUE(std::isnan(best.best_score()));
  EXPECT_TRUE(best.add(0, 10, 3.0));
  EXPECT_TRUE(best.add(0, 20, 3.5));
  EXPECT_FALSE(best.add(0, 30, 3.5));
  EXPECT_FALSE(best.add(0, 40, std::nan("")));
  EXPECT_TRUE(best.add(0, 50, 2.0));
  EXPECT_THAT(best.steps(), ElementsAre(50, 10));
  EXPECT_EQ(best.best_score(), 2.0);
}

TEST(BestCheckpointsTest, ALaterStageStartsOverAtItsFirstValidation) {
  BestCheckpoints best(2);
  best.add(0, 10, 1.0);
  EXPECT_TRUE(best.add(1, 20, 9.0));
  EXPECT_THAT(best.steps(), ElementsAre(20));
}

TEST(BestCheckpointsTest, GoesThroughJson) {
  BestCheckpoints best(3);
  for (int step = 1; step <= 4; ++step) best.add(1, step, 1.0 / step);
  BestCheckpoints again(3);
  again.load(best.to_json(), "state");
  EXPECT_EQ(again.to_json(), best.to_json());
  EXPECT_FALSE(again.add(1, 5, 0.5));
  EXPECT_THROW(again.load({{"stage", 1}}, "state"), base::Error);
  EXPECT_THROW(again.load({{"stage", 1}, {"checkpoints", {7}}}, "state"), base::Error);
}

class RemoveOldCheckpointsTest : public testing::Test {
 protected:
  void make(std::initializer_list<std::int64_t> steps) {
    for (const std::int64_t step : steps) {
      io::make_directories(model::checkpoint_path(directory_.path(), step));
    }
  }
  std::vector<std::int64_t> left() const { return model::checkpoint_steps(directory_.path()); }

  test::TemporaryDirectory directory_;
};

TEST_F(RemoveOldCheckpointsTest, TheLastAndTheBestStay) {
  make({10, 20, 30, 40, 50});
  BestCheckpoints best(1);
  best.add(0, 20, 1.0);
  remove_old_checkpoints(directory_.path(), 50, 2, best);
  EXPECT_THAT(left(), ElementsAre(20, 40, 50));
}

TEST_F(RemoveOldCheckpointsTest, DamagedLaterOnesDoNotCountAsTheLast) {
  make({10, 20, 30});
  io::make_directories(model::checkpoint_path(directory_.path(), 25).string() +
                       std::string(io::kPartialSuffix));
  remove_old_checkpoints(directory_.path(), 20, 1, BestCheckpoints(1));
  EXPECT_THAT(left(), ElementsAre(20));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "checkpoints/step-25.partial"));
}

TEST_F(RemoveOldCheckpointsTest, ThePathsOfTheBestAreBesideTheLast) {
  BestCheckpoints best(2);
  best.add(0, 10, 2.0);
  best.add(0, 20, 1.0);
  const io::Json state = {{"best", best.to_json()}};
  EXPECT_THAT(best_checkpoint_paths("run/checkpoints/step-30", state, 2),
              ElementsAre("run/checkpoints/step-20", "run/checkpoints/step-10"));
  EXPECT_THROW(best_checkpoint_paths("run/checkpoints/step-30", state, 3), base::Error);
  EXPECT_THROW(best_checkpoint_paths("exported", io::Json::object(), 1), base::Error);
}

}  // namespace
}  // namespace palimpsest::train
