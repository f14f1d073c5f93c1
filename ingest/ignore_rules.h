// .gitignore files of a folder, whether or not it is a repository.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace palimpsest::ingest {

/// Applies the .gitignore files inside `folder`, and only those: not the user's own excludes, not those of
/// folders above, so that the result depends on the folder alone. A file that is ignored and yet tracked
/// counts as ignored. Not thread-safe.
class IgnoreRules {
 public:
  /// Throws Error{kEnvironment}.
  explicit IgnoreRules(const std::filesystem::path& folder);
  ~IgnoreRules();
  IgnoreRules(const IgnoreRules&) = delete;
  IgnoreRules& operator=(const IgnoreRules&) = delete;

  /// `path` is relative to the folder; REQUIRES: no folder above it is ignored. Throws Error{kBadData} that
  /// names the file when a rule on the way holds what libgit2 hangs on.
  bool ignores(const std::string& path, bool is_folder) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::ingest
