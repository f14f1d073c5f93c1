// One run divided into tasks: how the manifest of a task's part names the run, and how parts are joined
// again. The number of the task and of all tasks stand in the counts of its manifest as `task` and `of`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "common/io/manifest.h"

namespace palimpsest::io {

/// What divides a run.
struct TaskShare {
  std::size_t task = 0;  ///< from 0
  std::size_t of = 1;
};

/// Turns the plan of a run into that of one task. The stage gets another name, so that no other stage takes a
/// part for the whole. `identity` is what all tasks of the run share beside its configuration and inputs.
Manifest task_plan(Manifest run, const std::string& task_stage, TaskShare share, const Json& identity = {});

/// The reverse: a task's manifest as the plan of the run.
Manifest run_plan(const Manifest& task, const std::string& run_stage);

/// The output directory of a task.
struct TaskPart {
  std::filesystem::path directory;
  Manifest manifest;

  std::string where() const { return (directory / kManifestName).string(); }
};

/// Reads the manifests of all parts, in the order given. Throws Error{kBadData} when they are not of one run,
/// and Error{kUsage} when a task is named twice or missing.
std::vector<TaskPart> read_task_parts(const std::vector<std::filesystem::path>& directories,
                                      const std::string& task_stage);

}  // namespace palimpsest::io
