// The output directory of a stage that works for hours and goes on where it stopped: files appear in place.
#pragma once

#include <filesystem>

#include "common/io/directory_lock.h"
#include "common/io/manifest.h"

namespace palimpsest::io {

/// Like OutputDirectory, but nothing is thrown away when the process dies: the next run with the same plan
/// finds the files and goes on. Its own files must therefore each be written atomically. Whoever watches a
/// run can read them.
class ResumableDirectory {
 public:
  /// Throws Error{kUsage} as OutputDirectory does.
  ResumableDirectory(std::filesystem::path directory, Manifest plan, bool overwrite);

  bool up_to_date() const { return up_to_date_; }
  const std::filesystem::path& directory() const { return directory_; }

  /// Writes the manifest over every file in the directory: the run is done.
  void publish(const Json& counts);

 private:
  void clear() const;

  std::filesystem::path directory_;
  DirectoryLock lock_;
  Manifest plan_;
  bool up_to_date_ = false;
};

}  // namespace palimpsest::io
