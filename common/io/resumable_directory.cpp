#include "common/io/resumable_directory.h"

#include <utility>

#include "common/base/stage.h"
#include "common/io/file.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

/// The manifest of an unfinished run: marks the directory as ours and says which run may go on in it.
constexpr const char* kPlanName = ".plan.json";

}  // namespace

ResumableDirectory::ResumableDirectory(fs::path directory, Manifest plan, bool overwrite)
    : directory_(std::move(directory)), lock_(directory_), plan_(std::move(plan)) {
  plan_.tool_version = base::tool_version();
  const bool finished = fs::exists(directory_ / kManifestName);
  const fs::path record = directory_ / (finished ? kManifestName : kPlanName);
  if (!fs::exists(record)) {
    refuse_foreign_files(directory_, {});
  } else if (parse_manifest(read_json(record), record.string()).fingerprint() == plan_.fingerprint()) {
    up_to_date_ = finished;
    return;
  } else if (!overwrite) {
    refuse_other_run(directory_);
  } else {
    clear();
  }
  write_json(directory_ / kPlanName, to_json(plan_));
}

void ResumableDirectory::clear() const {
  fs::remove(directory_ / kManifestName);
  for (const auto& entry : fs::directory_iterator(directory_)) {
    const std::string name = entry.path().filename().string();
    if (name != DirectoryLock::kName && name != kPlanName) fs::remove_all(entry.path());
  }
  fs::remove(directory_ / kPlanName);
}

void ResumableDirectory::publish(const Json& counts) {
  plan_.outputs = describe_files(directory_);
  plan_.counts = counts;
  write_json(directory_ / kManifestName, to_json(plan_));
  fs::remove(directory_ / kPlanName);
}

}  // namespace palimpsest::io
