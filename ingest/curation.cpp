#include "ingest/curation.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/hash.h"
#include "common/io/file.h"

namespace palimpsest::ingest {

Curation make_curation(const IngestOptions& options, io::Manifest& plan) {
  Curation curation{.duplicates = DuplicateIndex(options.near_duplicates), .tasks = {}};
  for (std::size_t i = 0; i < options.decontaminate.size(); ++i) {
    const std::filesystem::path& path = options.decontaminate[i];
    plan.inputs[fmt::format("decontaminate {}", i)] = base::sha256_file_hex(path);
    curation.tasks.add_file(path);
  }
  if (curation.tasks.tasks_too_short() > 0) {
    spdlog::warn("--decontaminate: {} of {} tasks are too short to be looked for",
                 curation.tasks.tasks_too_short(), curation.tasks.tasks());
  }
  return curation;
}

void write_curation(const Curation& curation, const io::OutputDirectory& output) {
  io::write_file_atomically(output.partial_path("duplicates.jsonl"), curation.duplicates.cluster_lines());
}

}  // namespace palimpsest::ingest
