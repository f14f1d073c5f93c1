#include "train/training_batch.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace palimpsest::train
