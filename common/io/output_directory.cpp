#include "common/io/output_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/stage.h"
#include "common/io/file.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockName = ".lock";
constexpr const char* kPartialName = ".partial";
// Manifests of outputs that are half published or half removed; whoever finds one removes what it lists.
constexpr const char* kPublishingName = ".publishing.json";
constexpr const char* kRetiredName = ".retired.json";

int take_lock(const fs::path& directory) {
  const fs::path path = directory / kLockName;
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) throw base::errno_error("cannot create lock file", path.string());
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor);
    throw base::Error(base::ErrorCode::kUsage, "another run is writing this directory",
                      {.where = directory.string(), .hint = "wait for it, or choose another --out"});
  }
  return descriptor;
}

std::vector<fs::path> files_below(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(directory));
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Removes the outputs that the manifest `name` lists, then the manifest itself. Safe to interrupt and repeat.
void discard_outputs(const fs::path& directory, const char* name) {
  const fs::path list = directory / name;
  if (!fs::exists(list)) return;
  for (const OutputFile& output : parse_manifest(read_json(list), list.string()).outputs) {
    fs::remove(directory / output.path);
  }
  fs::remove(list);
}

/// Refuses to work in a directory where somebody keeps other things.
void refuse_foreign_files(const fs::path& directory) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name == kLockName || name == kPartialName) continue;
    throw base::Error(base::ErrorCode::kUsage, "output directory holds other files",
                      {.got = name,
                       .expected = "an empty or new directory",
                       .where = directory.string(),
                       .hint = "choose another --out, or remove them"});
  }
}

}  // namespace

OutputDirectory::OutputDirectory(fs::path directory, Manifest plan, bool overwrite)
    : directory_(std::move(directory)), plan_(std::move(plan)) {
  plan_.tool_version = base::tool_version();
  make_directories(directory_);
  lock_ = take_lock(directory_);
  fs::remove_all(directory_ / kPartialName);
  if (!fs::exists(directory_ / kManifestName)) {
    discard_outputs(directory_, kPublishingName);
    discard_outputs(directory_, kRetiredName);
    refuse_foreign_files(directory_);
  } else if (read_manifest(directory_, plan_.stage).fingerprint() == plan_.fingerprint()) {
    up_to_date_ = true;
    return;
  } else if (!overwrite) {
    throw base::Error(base::ErrorCode::kUsage, "directory holds the output of another configuration or input",
                      {.where = directory_.string(),
                       .hint = "choose another --out, or replace it with --overwrite"});
  }
  make_directories(directory_ / kPartialName);
}

OutputDirectory::~OutputDirectory() {
  std::error_code ignored;
  fs::remove_all(directory_ / kPartialName, ignored);
  if (lock_ >= 0) close(lock_);
}

fs::path OutputDirectory::partial_path(const std::string& name) const {
  const fs::path path = directory_ / kPartialName / name;
  make_directories(path.parent_path());
  return path;
}

void OutputDirectory::publish(const Json& counts) {
  const fs::path partial = directory_ / kPartialName;
  plan_.counts = counts;
  plan_.outputs.clear();
  const std::vector<fs::path> files = files_below(partial);
  for (const fs::path& file : files) {
    sync_to_disk(partial / file);
    plan_.outputs.push_back(
        {file.generic_string(), fs::file_size(partial / file), base::sha256_file_hex(partial / file)});
  }
  if (fs::exists(directory_ / kManifestName)) {
    rename_file(directory_ / kManifestName, directory_ / kRetiredName);
    sync_to_disk(directory_);
    discard_outputs(directory_, kRetiredName);
  }
  write_json(directory_ / kPublishingName, to_json(plan_));
  for (const fs::path& file : files) {
    const fs::path target = directory_ / file;
    make_directories(target.parent_path());
    rename_file(partial / file, target);
    sync_to_disk(target.parent_path());
  }
  rename_file(directory_ / kPublishingName, directory_ / kManifestName);
  sync_to_disk(directory_);
}

}  // namespace palimpsest::io
