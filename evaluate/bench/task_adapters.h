// Tasks from the lines of known data sets.
#pragma once

#include <string>

#include "evaluate/bench/bench_task.h"

namespace palimpsest::bench {

inline constexpr const char* kTaskFormatHint =
    "make tasks with `evaluate make-tasks`; evaluate/bench/task_format.md describes what can be read";

/// Reads a task of our own format, MultiPL-E (`tests` and `stop_tokens`, no suffix) or the MultiPL-E
/// infilling set of SantaCoder (`canonical_solution`). `data_set` is the family of the latter two. Throws
/// Error{kBadData}.
Task adapt_task(const io::Json& json, const std::string& where, const std::string& data_set);

}  // namespace palimpsest::bench
