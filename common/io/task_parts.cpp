#include "common/io/task_parts.h"

#include <set>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/stage.h"

namespace palimpsest::io {
namespace {

// Inputs that the whole run does not have: the digest that all tasks share, and which it is.
constexpr const char* kRunRole = "run";
constexpr const char* kTaskRole = "task";

void check_parts(const std::vector<TaskPart>& parts) {
  const TaskPart& first = parts.front();
  const auto tasks = require<std::size_t>(first.manifest.counts, "of", first.where());
  std::set<std::size_t> seen;
  for (const TaskPart& part : parts) {
    const bool same_run = part.manifest.inputs.at(kRunRole) == first.manifest.inputs.at(kRunRole);
    if (!same_run || part.manifest.tool_version != base::tool_version()) {
      throw base::Error(base::ErrorCode::kBadData, "parts of different runs",
                        {.expected = "the same inputs, options, version and --of", .where = part.where()});
    }
    if (!seen.insert(require<std::size_t>(part.manifest.counts, "task", part.where())).second) {
      throw base::Error(base::ErrorCode::kUsage, "the same task twice",
                        {.where = part.where(), .hint = "name each task's directory once"});
    }
  }
  if (seen.size() != tasks) {
    throw base::Error(base::ErrorCode::kUsage, fmt::format("{} of {} tasks are here", seen.size(), tasks),
                      {.where = first.where(), .hint = "name the directories of all tasks"});
  }
}

}  // namespace

Manifest task_plan(Manifest run, const std::string& task_stage, TaskShare share, const Json& identity) {
  run.stage = task_stage;
  const std::string digest =
      base::sha256_hex(Json{share.of, run.config, run.inputs, identity}.dump());  // before the roles below
  run.inputs[kRunRole] = digest;
  run.inputs[kTaskRole] = fmt::format("{} of {}", share.task, share.of);
  return run;
}

Manifest run_plan(const Manifest& task, const std::string& run_stage) {
  Manifest run;
  run.stage = run_stage;
  run.config = task.config;
  run.inputs = task.inputs;
  run.inputs.erase(kRunRole);
  run.inputs.erase(kTaskRole);
  return run;
}

std::vector<TaskPart> read_task_parts(const std::vector<std::filesystem::path>& directories,
                                      const std::string& task_stage) {
  std::vector<TaskPart> parts;
  for (const std::filesystem::path& directory : directories)
    parts.push_back({directory, read_manifest(directory, task_stage)});
  check_parts(parts);
  return parts;
}

}  // namespace palimpsest::io
