#include "train/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace palimpsest::train {
namespace {

/// Falls from 1 to 0 over `span` steps; the last of them has 0.
double cosine(std::int64_t step, std::int64_t span) {
  const double progress =
      static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, span - 1));
  return 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, progress)));
}

/// 1, then linear to 0 over the last `decay` of `span` steps (WSD: arXiv 2404.06395, section 4).
double warmup_stable_decay(std::int64_t step, std::int64_t span, double decay_share) {
  const auto decay = std::max<std::int64_t>(1, std::llround(decay_share * static_cast<double>(span)));
  const std::int64_t into_decay = step - (span - decay);
  return into_decay < 0 ? 1 : 1 - static_cast<double>(into_decay + 1) / static_cast<double>(decay);
}

/// Where the peak is 1 and the final rate 0.
double height(const StageRecipe& stage, std::int64_t step, std::int64_t span) {
  switch (stage.schedule) {
    case Schedule::kConstant:
      return 1;
    case Schedule::kWarmupStableDecay:
      return warmup_stable_decay(step, span, stage.decay_share);
    case Schedule::kRestarts: {
      const std::int64_t cycle = (span + stage.cycles - 1) / stage.cycles;
      const std::int64_t begin = step / cycle * cycle;
      return cosine(step - begin, std::min(cycle, span - begin));
    }
    case Schedule::kCosine:
      break;
  }
  return cosine(step, span);
}

}  // namespace

double learning_rate(const StageRecipe& stage, std::int64_t step_in_stage) {
  if (step_in_stage < stage.warmup_steps) {
    return stage.learning_rate * static_cast<double>(step_in_stage + 1) /
           static_cast<double>(stage.warmup_steps);
  }
  const double share = height(stage, step_in_stage - stage.warmup_steps, stage.steps - stage.warmup_steps);
  return stage.final_learning_rate + (stage.learning_rate - stage.final_learning_rate) * share;
}

}  // namespace palimpsest::train
