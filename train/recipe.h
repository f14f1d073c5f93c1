// The training recipe: stages with their data mix, learning rates and losses, as a TOML file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/model/objective.h"

namespace palimpsest::train {

/// How often each framework label is drawn.
enum class Mix {
  kNatural,   ///< in proportion to its rows
  kBalanced,  ///< every label equally often
};

enum class OptimizerKind {
  kMuon,   ///< Muon for matrices, AdamW for the rest
  kAdamW,  ///< AdamW for everything
};

struct StageRecipe {
  std::string name;
  std::int64_t steps = 0;
  Mix mix = Mix::kNatural;
  double learning_rate = 3e-3;        ///< peak, after warm-up
  double final_learning_rate = 3e-5;  ///< reached by a cosine at the last step
  std::int64_t warmup_steps = 0;      ///< linear from 0
  model::LossCoefficients losses;
  /// The experts start this stage as copies of expert 0, which serves every segment in the stages before.
  bool upcycle = false;
  double forced_share = 0;  ///< share of segments that go to the expert of their label (teacher forcing)
};

struct Recipe {
  std::int64_t rows_per_step = 8;
  OptimizerKind optimizer = OptimizerKind::kMuon;
  double weight_decay = 0.1;  ///< on matrices only
  double beta1 = 0.9;
  double beta2 = 0.98;
  double gradient_clip = 1.0;  ///< largest global gradient norm
  std::vector<StageRecipe> stages;

  std::int64_t total_steps() const;

  /// True for the stages before one with `upcycle`: expert 0 serves every segment.
  bool is_shared(std::size_t stage) const;

  /// Stage of a step (0-based) and the step's number inside it.
  struct Place {
    std::size_t stage;
    std::int64_t step_in_stage;
  };
  Place place(std::int64_t step) const;

  /// Multiplies every stage's steps and warm-up, e.g. for a shorter trial; each stage keeps at least one
  /// step.
  void scale_steps(double factor);

  /// Throws Error{kUsage}.
  void validate() const;
};

double learning_rate(const StageRecipe& stage, std::int64_t step_in_stage);

/// A preset's name (two-stage, unsupervised) or a TOML file. Unknown keys are errors.
Recipe load_recipe(const std::string& preset_or_file);

/// Every setting, for the manifest.
io::Json to_json(const Recipe& recipe);

}  // namespace palimpsest::train
