#include "train/training_batch.h"

#include <gtest/gtest.h>

#include "tests/support/sample_batch.h"

namespace palimpsest::train {
namespace {

TEST(TrainingBatchTest, StagesBeforeUpcyclingAreShared) {
  Recipe recipe;
  recipe.stages = {{.steps = 2}, {.steps = 2, .upcycle = true}, {.steps = 2}};
  EXPECT_TRUE(recipe.is_shared(0));
  EXPECT_FALSE(recipe.is_shared(1));
  EXPECT_FALSE(recipe.is_shared(2));
  recipe.stages[1].upcycle = false;
  EXPECT_FALSE(recipe.is_shared(0));
}

TEST(TrainingBatchTest, TheSharesOfAllRanksAreTheMicroBatchesOfOne) {
  TrainingBatch batch;
  batch.rows = test::sample_batch(7);
  base::Random random{3};
  batch.masks = model::draw_stratified_masks(batch.rows, random);
  batch.forced.assign(batch.rows.segments.size(), kSharedExpert);
  const std::vector<TrainingBatch> whole = split_batch(batch, 6);
  std::size_t part = 0;
  for (int rank = 0; rank < 3; ++rank) {
    const RankShare share{.rank = rank, .ranks = 3};
    for (const TrainingBatch& own : split_share(batch, 5, share)) {
      ASSERT_LT(part, whole.size());
      EXPECT_EQ(own.rows.ids, whole[part].rows.ids);
      EXPECT_EQ(own.masks.positions, whole[part].masks.positions);
      ++part;
    }
  }
  EXPECT_EQ(part, whole.size());
  EXPECT_EQ(split_share(batch, 100, {.rank = 2, .ranks = 3}).size(), 2U) << "no more parts than rows";
}

}  // namespace
}  // namespace palimpsest::train
