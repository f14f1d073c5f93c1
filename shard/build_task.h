// One task's share of a build: how its output directory looks and how it names the build it belongs to.
#pragma once

#include <cstddef>

#include "common/io/manifest.h"

namespace palimpsest::shard {

/// The stage name in the manifest of a task's part: no other stage takes it for shards.
inline constexpr const char* kTaskStage = "shard task";

/// Inputs of a task that the whole build does not have: the digest that all tasks share, and which it is.
inline constexpr const char* kRunRole = "run";
inline constexpr const char* kTaskRole = "task";

/// Turns the plan of a build into that of its task `task` of `of`.
io::Manifest task_plan(io::Manifest build, std::size_t task, std::size_t of);

/// The reverse.
io::Manifest build_plan_of_task(const io::Manifest& task);

}  // namespace palimpsest::shard
