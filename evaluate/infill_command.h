// The subcommand `evaluate infill`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::evaluate {

void add_infill_command(base::Stage& stage);

}  // namespace palimpsest::evaluate
