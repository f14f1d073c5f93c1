// The subcommand `train export`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::train {

inline constexpr const char* kExportStage = "train export";

void add_export_command(base::Stage& stage);

}  // namespace palimpsest::train
