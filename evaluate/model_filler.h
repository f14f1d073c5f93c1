// The model's row in the benchmark's table.
#pragma once

#include "evaluate/bench/bench_command.h"

namespace palimpsest::evaluate {

/// Adds the flags of filling to `bench` and loads the model for it.
bench::ModelSource model_source();

}  // namespace palimpsest::evaluate
