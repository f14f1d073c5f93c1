// `evaluate make-tasks`: a file of holes from validation repositories.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::bench {

void add_make_tasks_command(base::Stage& stage);

}  // namespace palimpsest::bench
