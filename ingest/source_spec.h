// What a user names as a source: one argument, or one row of a list.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

enum class SourceKind { kNpm, kTarball, kFolder, kGit };

struct SourceSpec {
  SourceKind kind = SourceKind::kNpm;
  std::string location;   ///< package name, path or URL
  std::string revision;   ///< npm: exact version. git: commit, tag or branch, empty = the default branch
  std::string integrity;  ///< npm: `sha512-…` (Subresource Integrity) or empty

  /// The argument that names this source, without integrity and credentials: `npm:rxjs@7.8.2`.
  std::string text() const;
};

/// The location as it may be logged and recorded: a URL loses its user name and password.
std::string without_credentials(const std::string& location);

/// Parses `npm:NAME@VERSION[#sha512-…]`, `tgz:FILE`, `dir:FOLDER`, `git:URL-or-path[@REVISION]`. A revision
/// that holds a `/` can only be given in a list. Throws Error{kUsage}.
SourceSpec parse_source(std::string_view text);

/// Parses a tab-separated list whose first line names the columns: `source`, or `package`, `version` and
/// optionally `integrity`; a row of either form may use `revision`; others are ignored, and so are lines that
/// begin with `#`. Relative paths in it are taken from `folder`. Throws Error{kBadData} that names `where`
/// and the line.
std::vector<SourceSpec> parse_source_list(std::string_view tsv, const std::string& where,
                                          const std::filesystem::path& folder);

}  // namespace palimpsest::ingest
