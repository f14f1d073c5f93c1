// The subcommand `train run`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::train {

inline constexpr const char* kTrainStage = "train run";

void add_run_command(base::Stage& stage);

}  // namespace palimpsest::train
