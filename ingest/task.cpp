#include "ingest/task.h"

#include <utility>

#include <fmt/format.h>

#include "common/base/hash.h"
#include "common/io/document.h"

namespace palimpsest::ingest {

std::string task_file_name(std::size_t index) {
  return fmt::format("source-{:05}.jsonl.zst", index);
}

io::Manifest task_plan(io::Manifest run, const std::vector<SourceSpec>& specs, const IngestOptions& options) {
  io::Json identity = {options.tasks, run.config, run.inputs, io::Json::array()};
  for (const SourceSpec& spec : specs) identity.back().push_back(spec.text());
  run.stage = kTaskStage;
  run.inputs[kRunRole] = base::sha256_hex(identity.dump());
  run.inputs[kTaskRole] = fmt::format("{} of {}", options.task, options.tasks);
  return run;
}

io::Manifest run_plan_of_task(const io::Manifest& task) {
  io::Manifest run;
  run.stage = io::kDocumentsStage;
  run.config = task.config;
  run.inputs = task.inputs;
  run.inputs.erase(kRunRole);
  run.inputs.erase(kTaskRole);
  return run;
}

}  // namespace palimpsest::ingest
