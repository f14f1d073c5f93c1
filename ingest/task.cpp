#include "ingest/task.h"

#include <utility>

#include <fmt/format.h>

#include "common/io/task_parts.h"

namespace palimpsest::ingest {

std::string task_file_name(std::size_t index) {
  return fmt::format("source-{:05}.jsonl.zst", index);
}

io::Manifest task_plan(io::Manifest run, const std::vector<SourceSpec>& specs, const IngestOptions& options) {
  io::Json sources = io::Json::array();
  for (const SourceSpec& spec : specs) sources.push_back(spec.text());
  return io::task_plan(std::move(run), kTaskStage, {options.task, options.tasks}, sources);
}

}  // namespace palimpsest::ingest
