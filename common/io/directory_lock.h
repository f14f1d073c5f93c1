// One writer a directory, and what such directories have in common.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "common/io/manifest.h"

namespace palimpsest::io {

/// Holds flock(2) on DIRECTORY/.lock, creating the directory. The kernel drops the lock when the process
/// dies.
class DirectoryLock {
 public:
  /// Throws Error{kUsage} when another process holds it.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  static constexpr std::string_view kName = ".lock";

 private:
  int descriptor_;
};

/// Throws Error{kUsage} when the directory holds anything but the lock file and `allowed`.
void refuse_foreign_files(const std::filesystem::path& directory,
                          std::initializer_list<std::string_view> allowed);

/// The refusal to replace the output of a run with another configuration or input.
[[noreturn]] void refuse_other_run(const std::filesystem::path& directory);

/// Files under `directory` as manifest entries sorted by path; names that begin with a dot are left out. Each
/// is fsynced.
std::vector<OutputFile> describe_files(const std::filesystem::path& directory);

}  // namespace palimpsest::io
