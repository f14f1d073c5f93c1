// package.json files: which package a file belongs to, what that package depends on and under which licence
// it is.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

/// What npm and scaffolding tools write into private packages; not an SPDX expression.
inline constexpr const char* kUnlicensed = "UNLICENSED";

struct PackageInfo {
  std::string directory;                  ///< inside the source; empty = the root
  std::string name;                       ///< may be empty
  std::string version;                    ///< may be empty
  std::string license;                    ///< SPDX expression as stated, may be empty
  std::vector<std::string> dependencies;  ///< of all kinds: runtime, development, peer, optional
  std::vector<std::string> runtime;       ///< those of them under `dependencies`, sorted
  std::vector<std::string> peers;  ///< those under `peerDependencies` and not under `dependencies`, sorted
  std::vector<std::string> needed_peers;  ///< those of `peers` that are not optional
  bool workspace_root = false;            ///< of a monorepo: its dependencies say little about one file
};

/// Throws Error{kBadData} that names `where` when the text is not a JSON object.
PackageInfo parse_package(std::string_view json, std::string directory, const std::string& where);

/// The packages of one source by folder.
class PackageTree {
 public:
  void add(PackageInfo package);

  /// The package of the nearest folder above `path` whose package.json says something (a name or
  /// dependencies; some hold only `{"type": "module"}`), or null.
  const PackageInfo* nearest(std::string_view path) const;

  /// The licence stated by the nearest package that states one, or empty. UNLICENSED counts only if no
  /// package around it states another.
  std::string license(std::string_view path) const;

  /// The package at the root, or null.
  const PackageInfo* root() const;

  /// All packages by folder.
  const std::map<std::string, PackageInfo, std::less<>>& all() const { return by_directory_; }

 private:
  std::map<std::string, PackageInfo, std::less<>> by_directory_;
};

}  // namespace palimpsest::ingest
