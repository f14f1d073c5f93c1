// The training recipe: stages with their data mix, learning rates and losses, as a TOML file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/model/objective.h"
#include "common/model/precision.h"

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

/// How the learning rate falls from its peak, behind the warm-up.
enum class Schedule {
  kCosine,             ///< half a cosine over the stage
  kWarmupStableDecay,  ///< the peak, then linear over the last decay_share of the steps
  kRestarts,           ///< `cycles` half cosines, each from the peak (arXiv 1608.03983)
  kConstant,           ///< the peak
};

struct StageRecipe {
  std::string name;
  std::int64_t steps = 0;
  Mix mix = Mix::kNatural;
  double learning_rate = 3e-3;        ///< peak, after warm-up
  double final_learning_rate = 3e-5;  ///< of the last step; unused when constant
  std::int64_t warmup_steps = 0;      ///< linear from 0
  Schedule schedule = Schedule::kCosine;
  double decay_share = 0.2;  ///< of the steps behind the warm-up, under warmup-stable-decay
  std::int64_t cycles = 2;   ///< under restarts
  model::LossCoefficients losses;
  /// The experts start this stage as copies of expert 0, which serves every segment in the stages before.
  bool upcycle = false;
  double forced_share = 0;  ///< share of segments that go to the expert of their label (teacher forcing)
  double span_share = 0;    ///< share of segments masked in a hole of lines or blocks only; see span_masks.h
};

/// When a step's gradients are not applied; see StepGuard.
struct GuardSettings {
  double spike_factor = 0;  ///< largest gradient norm, in medians of the window; 0 = only non-finite ones
  std::int64_t window = 64;
  std::int64_t skips_before_rewind = 5;  ///< skipped steps in a row
};

struct Recipe {
  std::int64_t rows_per_step = 8;
  bool complementary_masks = false;  ///< each row is in a step twice, with masks that complement each other
  std::int64_t micro_batches = 1;    ///< a step's rows go through the model in so many parts
  /// Of the matrix products, also in validations; weights, moments and exports stay float32.
  model::Precision precision = model::Precision::kFloat32;
  OptimizerKind optimizer = OptimizerKind::kMuon;
  double weight_decay = 0.1;  ///< on matrices only
  double beta1 = 0.9;
  double beta2 = 0.98;
  double gradient_clip = 1.0;  ///< largest global gradient norm
  double bias_rate = 1e-3;     ///< step of a router bias, where the model has bias_balancing
  double ema_decay = 0;        ///< of the weight average, which is then what validations score; 0 = none
  GuardSettings guard;
  std::vector<StageRecipe> stages;

  std::int64_t total_steps() const;

  /// Rows that a step takes from the shards.
  std::int64_t rows_drawn_per_step() const { return complementary_masks ? rows_per_step / 2 : rows_per_step; }

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

/// A preset's name (two-stage, unsupervised) or a TOML file. Unknown keys are errors.
Recipe load_recipe(const std::string& preset_or_file);

/// Every setting, for the manifest.
io::Json to_json(const Recipe& recipe);

}  // namespace palimpsest::train
