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

TEST(RecipeTest, EverySettingIsReadAndRecorded) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "r.toml";
  io::write_file_atomically(
      path,
      "rows_per_step = 4\nmicro_batches = 2\noptimizer = \"adamw\"\nema_decay = 0.99\n"
      "precision = \"bfloat16\"\nspike_factor = 5.0\nspike_window = 7\nskips_before_rewind = 3\n"
      "[[stage]]\nsteps = 9\nschedule = \"warmup-stable-decay\"\ndecay_share = 0.5\n"
      "[[stage]]\nsteps = 9\nschedule = \"restarts\"\ncycles = 3\n");
  const io::Json json = to_json(load_recipe(path.string()));
  EXPECT_EQ(json["micro_batches"], 2);
  EXPECT_EQ(json["optimizer"], "adamw");
  EXPECT_EQ(json["precision"], "bfloat16");
  EXPECT_EQ(json["ema_decay"], 0.99);
  EXPECT_EQ(json["spike_factor"], 5.0);
  EXPECT_EQ(json["spike_window"], 7);
  EXPECT_EQ(json["skips_before_rewind"], 3);
  EXPECT_EQ(json["stages"][0]["schedule"], "warmup-stable-decay");
  EXPECT_EQ(json["stages"][0]["decay_share"], 0.5);
  EXPECT_EQ(json["stages"][1]["schedule"], "restarts");
  EXPECT_EQ(json["stages"][1]["cycles"], 3);
}

TEST(RecipeTest, BadRecipesAreUsageErrors) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "r.toml";
  for (const char* text :
       {"", "rows = 3\n[[stage]]\nsteps = 1", "[[stage]]\nsteps = 0", "[[stage]]\nsteps = 1\nmix = \"odd\"",
        "[[stage]]\nsteps = 1\nlearning_rate = -1.0", "[[stage]]\nsteps = 1\nwarmup_steps = 2",
        "[[stage]]\nsteps = 1\nforced_share = 1.5", "[[stage]]\nsteps = 1\nsupervized = 1.0", "stage = 3",
        "stage = [3]", "micro_batches = 3\nrows_per_step = 2\n[[stage]]\nsteps = 1",
        "ema_decay = 1.0\n[[stage]]\nsteps = 1", "spike_factor = 0.5\n[[stage]]\nsteps = 1",
        "[[stage]]\nsteps = 1\nschedule = \"linear\"", "[[stage]]\nsteps = 1\ncycles = 0",
        "[[stage]]\nsteps = 1\ndecay_share = 0.0", "optimizer = \"sgd\"\n[[stage]]\nsteps = 1",
        "precision = \"float16\"\n[[stage]]\nsteps = 1", "[[stage]\n"}) {
    io::write_file_atomically(path, text);
    EXPECT_THROW(load_recipe(path.string()), base::Error) << text;
  }
  EXPECT_THROW(load_recipe("no-such-recipe"), base::Error);
}

}  // namespace
}  // namespace palimpsest::train
