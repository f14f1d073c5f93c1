#include "ingest/curation.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/hash.h"
#include "common/io/file.h"

namespace palimpsest::ingest {

void SecretLog::add(const std::string& file, const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    ++counts_.at(static_cast<std::size_t>(secret.kind));
    lines_ += io::Json{{"file", file},
                       {"kind", secret_kind_name(secret.kind)},
                       {"begin", secret.begin},
                       {"bytes", secret.end - secret.begin}}
                  .dump() +
              "\n";
  }
}

io::Json SecretLog::counts() const {
  io::Json counts = io::Json::object();
  for (std::size_t i = 0; i < kSecretKinds; ++i)
    counts[secret_kind_name(static_cast<SecretKind>(i))] = counts_[i];
  return counts;
}

Curation make_curation(const IngestOptions& options, io::Manifest& plan) {
  Curation curation{.duplicates = DuplicateIndex(options.near_duplicates), .tasks = {}, .secrets = {}};
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
  io::write_file_atomically(output.partial_path("secrets.jsonl"), curation.secrets.lines());
}

}  // namespace palimpsest::ingest
