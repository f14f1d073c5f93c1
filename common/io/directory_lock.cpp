#include "common/io/directory_lock.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"

namespace palimpsest::io {

namespace fs = std::filesystem;

DirectoryLock::DirectoryLock(const fs::path& directory) {
  make_directories(directory);
  const fs::path path = directory / kName;
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw base::errno_error("cannot create lock file", path.string());
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const bool is_held = errno == EWOULDBLOCK;
    const auto failure = base::errno_error("cannot lock", path.string());
    close(descriptor_);
    if (!is_held) throw failure;
    throw base::Error(base::ErrorCode::kUsage, "another run is writing this directory",
                      {.where = directory.string(), .hint = "wait for it, or choose another --out"});
  }
}

DirectoryLock::~DirectoryLock() {
  close(descriptor_);
}

void refuse_foreign_files(const fs::path& directory, std::initializer_list<std::string_view> allowed) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name == DirectoryLock::kName || std::find(allowed.begin(), allowed.end(), name) != allowed.end())
      continue;
    if (name.ends_with(kPartialSuffix)) continue;  // write_file_atomically() was killed
    throw base::Error(base::ErrorCode::kUsage, "output directory holds other files",
                      {.got = name,
                       .expected = "an empty or new directory",
                       .where = directory.string(),
                       .hint = "choose another --out, or remove them"});
  }
}

void refuse_other_run(const fs::path& directory) {
  throw base::Error(
      base::ErrorCode::kUsage, "directory holds the output of another configuration or input",
      {.where = directory.string(), .hint = "choose another --out, or replace it with --overwrite"});
}

std::vector<OutputFile> describe_files(const fs::path& directory) {
  std::vector<OutputFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.path().filename().string().starts_with('.')) continue;
    sync_to_disk(entry.path());
    files.push_back({entry.path().lexically_relative(directory).generic_string(), entry.file_size(),
                     base::sha256_file_hex(entry.path())});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace palimpsest::io
