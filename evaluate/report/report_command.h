// The subcommand `evaluate report`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::evaluate {

void add_report_command(base::Stage& stage);

}  // namespace palimpsest::evaluate
