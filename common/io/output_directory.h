// The output directory of a stage: one writer at a time, atomic publication, no-op when up to date.
#pragma once

#include <filesystem>
#include <string>

#include "common/io/directory_lock.h"
#include "common/io/manifest.h"

namespace palimpsest::io {

/// A stage may leave this beside its outputs; it is none of them, because it differs each time.
inline constexpr const char* kTimingsName = ".timings.json";

/// Protocol: the constructor takes the directory's lock; files are written under partial_path(); publish()
/// fsyncs and renames them into place and writes the manifest last. A process killed at any moment leaves
/// either the finished output or none, and the next run starts clean.
class OutputDirectory {
 public:
  /// `plan` holds stage, config and inputs; outputs and counts are filled in by publish().
  /// Throws Error{kUsage} when another process writes there, when the directory holds the output of a
  /// different run and `overwrite` is false, or when it holds files that no stage made.
  OutputDirectory(std::filesystem::path directory, Manifest plan, bool overwrite);
  ~OutputDirectory();
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;

  /// True when the finished output of this very plan is already there: do nothing, say so.
  bool up_to_date() const { return up_to_date_; }

  const std::filesystem::path& directory() const { return directory_; }

  /// Where to write the output file `name`, which may contain `/`.
  std::filesystem::path partial_path(const std::string& name) const;

  /// Moves every file under the partial directory into place and writes the manifest with `counts`.
  void publish(const Json& counts);

 private:
  std::filesystem::path directory_;
  DirectoryLock lock_;
  Manifest plan_;
  bool up_to_date_ = false;
};

}  // namespace palimpsest::io
