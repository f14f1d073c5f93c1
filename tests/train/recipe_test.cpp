#include "train/recipe.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::train {
namespace {

TEST(RecipeTest, TheControlDiffersFromTwoStageInRoutingOnly) {
  const Recipe supervised = load_recipe("two-stage");
  const Recipe control = load_recipe("unsupervised");
  ASSERT_EQ(supervised.stages.size(), control.stages.size());
  for (std::size_t i = 0; i < control.stages.size(); ++i) {
    StageRecipe same = supervised.stages[i];
    EXPECT_GT(same.losses.supervised, 0);
    EXPECT_EQ(control.stages[i].losses.supervised, 0);
    EXPECT_EQ(control.stages[i].forced_share, 0);
    same.losses = control.stages[i].losses;
    same.forced_share = 0;
    same.upcycle = false;
    Recipe left = supervised;
    Recipe right = control;
    left.stages = {same};
    right.stages = {control.stages[i]};
    EXPECT_EQ(to_json(left), to_json(right));
  }
}

TEST(RecipeTest, WarmUpThenCosine) {
  const StageRecipe stage{.steps = 110, .learning_rate = 1, .final_learning_rate = 0.1, .warmup_steps = 10};
  EXPECT_DOUBLE_EQ(learning_rate(stage, 0), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate(stage, 9), 1.0);
  EXPECT_DOUBLE_EQ(learning_rate(stage, 10), 1.0);
  EXPECT_NEAR(learning_rate(stage, 10 + 99 / 2), 0.55, 0.02);
  EXPECT_DOUBLE_EQ(learning_rate(stage, 109), 0.1);
}

TEST(RecipeTest, StepsMapToStages) {
  Recipe recipe;
  recipe.stages = {{.steps = 3}, {.steps = 2}};
  EXPECT_EQ(recipe.total_steps(), 5);
  EXPECT_EQ(recipe.place(2).stage, 0U);
  EXPECT_EQ(recipe.place(3).stage, 1U);
  EXPECT_EQ(recipe.place(4).step_in_stage, 1);
  recipe.scale_steps(0.1);
  EXPECT_EQ(recipe.total_steps(), 2);
}

TEST(RecipeTest, BadRecipesAreUsageErrors) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "r.toml";
  for (const char* text :
       {"", "rows = 3\n[[stage]]\nsteps = 1", "[[stage]]\nsteps = 0", "[[stage]]\nsteps = 1\nmix = \"odd\"",
        "[[stage]]\nsteps = 1\nlearning_rate = -1.0", "[[stage]]\nsteps = 1\nwarmup_steps = 2",
        "[[stage]]\nsteps = 1\nforced_share = 1.5", "[[stage]]\nsteps = 1\nsupervized = 1.0", "stage = 3",
        "stage = [3]", "optimizer = \"sgd\"\n[[stage]]\nsteps = 1", "[[stage]\n"}) {
    io::write_file_atomically(path, text);
    EXPECT_THROW(load_recipe(path.string()), base::Error) << text;
  }
  EXPECT_THROW(load_recipe("no-such-recipe"), base::Error);
}

}  // namespace
}  // namespace palimpsest::train
