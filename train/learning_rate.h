// Learning-rate schedules of a stage.
#pragma once

#include <cstdint>

#include "train/recipe.h"

namespace palimpsest::train {

/// Learning rate of a step (0-based within its stage): linear warm-up from 0 to the peak, then by
/// stage.schedule. Pure; `step_in_stage` in 0..steps-1.
double learning_rate(const StageRecipe& stage, std::int64_t step_in_stage);

}  // namespace palimpsest::train
