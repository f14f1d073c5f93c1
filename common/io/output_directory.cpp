#include "common/io/output_directory.h"

#include <system_error>
#include <utility>

#include "common/base/stage.h"
#include "common/io/file.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPartialName = ".partial";
// Manifests of outputs that are half published or half removed; whoever finds one removes what it lists.
constexpr const char* kPublishingName = ".publishing.json";
constexpr const char* kRetiredName = ".retired.json";

/// Removes the outputs that the manifest `name` lists, then the manifest itself. Safe to interrupt and
/// repeat.
void discard_outputs(const fs::path& directory, const char* name) {
  const fs::path list = directory / name;
  if (!fs::exists(list)) return;
  for (const OutputFile& output : parse_manifest(read_json(list), list.string()).outputs) {
    fs::remove(directory / output.path);
    std::error_code not_empty;
    fs::remove((directory / output.path).parent_path(), not_empty);
  }
  fs::remove(list);
}

/// Of our own files, what a run that was killed had begun to write.
void remove_unfinished(const fs::path& directory) {
  fs::remove_all(directory / kPartialName);
  for (const char* name : {kManifestName, kPublishingName, kTimingsName})
    fs::remove(directory / (name + std::string(kPartialSuffix)));
}

}  // namespace

OutputDirectory::OutputDirectory(fs::path directory, Manifest plan, bool overwrite)
    : directory_(std::move(directory)), lock_(directory_), plan_(std::move(plan)) {
  plan_.tool_version = base::tool_version();
  remove_unfinished(directory_);
  if (!fs::exists(directory_ / kManifestName)) {
    discard_outputs(directory_, kPublishingName);
    discard_outputs(directory_, kRetiredName);
    refuse_foreign_files(directory_, {kPartialName, kTimingsName});
  } else if (read_manifest(directory_, plan_.stage).fingerprint() == plan_.fingerprint()) {
    up_to_date_ = true;
    return;
  } else if (!overwrite) {
    refuse_other_run(directory_);
  }
  make_directories(directory_ / kPartialName);
}

OutputDirectory::~OutputDirectory() {
  std::error_code ignored;
  fs::remove_all(directory_ / kPartialName, ignored);
}

fs::path OutputDirectory::partial_path(const std::string& name) const {
  const fs::path path = directory_ / kPartialName / name;
  make_directories(path.parent_path());
  return path;
}

void OutputDirectory::publish(const Json& counts) {
  const fs::path partial = directory_ / kPartialName;
  plan_.counts = counts;
  plan_.outputs = describe_files(partial);
  if (fs::exists(directory_ / kManifestName)) {
    rename_file(directory_ / kManifestName, directory_ / kRetiredName);
    sync_to_disk(directory_);
    discard_outputs(directory_, kRetiredName);
  }
  write_json(directory_ / kPublishingName, to_json(plan_));
  for (const OutputFile& file : plan_.outputs) {
    const fs::path target = directory_ / file.path;
    make_directories(target.parent_path());
    rename_file(partial / file.path, target);
    sync_to_disk(target.parent_path());
  }
  rename_file(directory_ / kPublishingName, directory_ / kManifestName);
  sync_to_disk(directory_);
}

}  // namespace palimpsest::io
