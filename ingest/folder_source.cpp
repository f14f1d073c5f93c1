#include "ingest/folder_source.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/signals.h"
#include "common/io/file.h"
#include "ingest/ignore_rules.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// Reads a file that was a regular file a moment ago, unless it has become a link or something else since.
std::string read_regular_file(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) throw base::errno_error("cannot open file", path.string());
  const io::FileHandle file(fdopen(descriptor, "rb"));
  if (!file) throw base::errno_error("cannot open file", path.string());
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    throw base::Error(base::ErrorCode::kEnvironment, "file changed while it was read",
                      {.where = path.string()});
  }
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  if (std::fread(content.data(), 1, content.size(), file.get()) != content.size()) {
    throw base::Error(base::ErrorCode::kEnvironment, "file changed while it was read",
                      {.where = path.string()});
  }
  return content;
}

std::vector<fs::directory_entry> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    entries.push_back(*it);
  if (error) {
    throw base::Error(base::ErrorCode::kEnvironment, "cannot read folder: " + error.message(),
                      {.where = folder.string()});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

class FolderReader {
 public:
  FolderReader(fs::path root, FileCollector& collector, bool honour_gitignore)
      : root_(std::move(root)), collector_(collector) {
    if (honour_gitignore) rules_.emplace(root_);
  }

  std::string read() {
    folders_.push_back(root_);
    while (!folders_.empty()) {
      base::throw_if_stopped();
      const fs::path folder = std::move(folders_.back());
      folders_.pop_back();
      for (const fs::directory_entry& entry : sorted_entries(folder)) read_entry(entry);
    }
    return digest_.hex();
  }

 private:
  void read_entry(const fs::directory_entry& entry) {
    const std::string path = entry.path().lexically_relative(root_).generic_string();
    const std::string name = entry.path().filename().string();
    const fs::file_type type = entry.symlink_status().type();
    if (type == fs::file_type::symlink) return collector_.skip(path, "link");
    if (type == fs::file_type::directory) {
      if (name == ".git") return;
      if (name == "node_modules") return collector_.skip(path, "vendored_folder");
      if (rules_ && rules_->ignores(path, true)) return collector_.skip(path, "ignored");
      folders_.push_back(entry.path());
      return;
    }
    if (type != fs::file_type::regular) return collector_.skip(path, "not_a_file");
    const std::uint64_t bytes = entry.file_size();
    if (!collector_.wants(path, bytes)) return;
    if (rules_ && rules_->ignores(path, false)) return collector_.skip(path, "ignored", bytes);
    std::string content = read_regular_file(entry.path());
    digest_.update(path + '\0' + base::sha256_hex(content));
    collector_.take(path, std::move(content), "");
  }

  fs::path root_;
  FileCollector& collector_;
  std::optional<IgnoreRules> rules_;
  std::vector<fs::path> folders_;
  base::Sha256 digest_;
};

}  // namespace

std::string read_folder(const fs::path& folder, FileCollector& collector, bool honour_gitignore) {
  if (!fs::is_directory(folder)) {
    throw base::Error(base::ErrorCode::kEnvironment, "no such folder", {.where = folder.string()});
  }
  return FolderReader(folder, collector, honour_gitignore).read();
}

}  // namespace palimpsest::ingest
