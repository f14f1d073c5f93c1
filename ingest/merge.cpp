#include "ingest/merge.h"

#include <string>
#include <utility>

#include <tbb/global_control.h>

#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/io/output_directory.h"
#include "common/io/task_parts.h"
#include "ingest/assembly.h"
#include "ingest/task.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// The plan of the run that all parts belong to: what they share, and the sources of each.
io::Manifest joint_plan(const std::vector<io::TaskPart>& parts) {
  io::Manifest plan = io::run_plan(parts.front().manifest, io::kDocumentsStage);
  for (const io::TaskPart& part : parts)
    plan.inputs.merge(io::run_plan(part.manifest, io::kDocumentsStage).inputs);
  return plan;
}

/// The files of all parts in the order of sources, which their names state.
std::map<std::string, std::pair<const io::TaskPart*, io::OutputFile>> files_in_order(
    const std::vector<io::TaskPart>& parts) {
  std::map<std::string, std::pair<const io::TaskPart*, io::OutputFile>> files;
  for (const io::TaskPart& part : parts) {
    for (const io::OutputFile& file : part.manifest.outputs) files[file.path] = {&part, file};
  }
  return files;
}

}  // namespace

RunResult run_merge(const MergeOptions& options) {
  const std::vector<io::TaskPart> parts = io::read_task_parts(options.parts, kTaskStage);
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
