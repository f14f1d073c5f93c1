#include "ingest/merge.h"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/base/stage.h"
#include "common/io/output_directory.h"
#include "ingest/assembly.h"
#include "ingest/task.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

struct Part {
  fs::path directory;
  io::Manifest manifest;
};

[[noreturn]] void refuse_part(const Part& part, const std::string& why, const std::string& hint) {
  throw base::Error(base::ErrorCode::kUsage, why, {.where = part.directory.string(), .hint = hint});
}

std::vector<Part> read_parts(const std::vector<fs::path>& directories) {
  std::vector<Part> parts;
  for (const fs::path& directory : directories)
    parts.push_back({directory, io::read_manifest(directory, kTaskStage)});
  return parts;
}

/// The plan of the run that all parts belong to: what they share, and the sources of each.
io::Manifest joint_plan(const std::vector<Part>& parts) {
  io::Manifest plan = run_plan_of_task(parts.front().manifest);
  const std::string run = parts.front().manifest.inputs.at(kRunRole);
  const auto tasks = io::require<std::size_t>(parts.front().manifest.counts, "of", "manifest");
  std::set<std::size_t> seen;
  for (const Part& part : parts) {
    if (part.manifest.inputs.at(kRunRole) != run || part.manifest.tool_version != base::tool_version()) {
      throw base::Error(
          base::ErrorCode::kBadData, "parts of different runs",
          {.expected = "the same sources, options, version and --of", .where = part.directory.string()});
    }
    if (!seen.insert(io::require<std::size_t>(part.manifest.counts, "task", "manifest")).second)
      refuse_part(part, "the same task twice", "name each task's directory once");
    plan.inputs.merge(run_plan_of_task(part.manifest).inputs);
  }
  if (seen.size() != tasks) {
    refuse_part(parts.front(), fmt::format("{} of {} tasks are here", seen.size(), tasks),
                "name the directories of all tasks");
  }
  return plan;
}

/// The files of all parts in the order of sources, which their names state.
std::map<std::string, std::pair<const Part*, io::OutputFile>> files_in_order(const std::vector<Part>& parts) {
  std::map<std::string, std::pair<const Part*, io::OutputFile>> files;
  for (const Part& part : parts) {
    for (const io::OutputFile& file : part.manifest.outputs) files[file.path] = {&part, file};
  }
  return files;
}

}  // namespace

RunResult run_merge(const MergeOptions& options) {
  const std::vector<Part> parts = read_parts(options.parts);
  io::OutputDirectory output(options.run.out, joint_plan(parts), options.run.overwrite);
  if (output.up_to_date()) return {true, io::read_manifest(options.run.out, io::kDocumentsStage).counts};
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  const io::Json& shared = parts.front().manifest.counts;
  const std::string where = parts.front().directory.string();
  Assembly assembly(output, io::require<std::vector<std::string>>(shared, "labels", where),
                    io::require<double>(shared, "near_duplicates", where));
  const auto files = files_in_order(parts);
  base::Progress progress("merge", files.size(), "sources");
  for (const auto& [name, file] : files) {
    base::throw_if_stopped();
    io::verify_output(file.first->directory, file.second);
    assembly.add(load_source_result(file.first->directory / name));
    progress.add();
  }
  const io::Json counts = assembly.finish();
  output.publish(counts);
  return {false, counts};
}

}  // namespace palimpsest::ingest
