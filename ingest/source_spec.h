// What a user names as a source: one argument, or one row of a list.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

enum class SourceKind { kNpm, kTarball, kFolder, kGit, kJsonl };

struct SourceSpec {
  SourceKind kind = SourceKind::kNpm;
  std::string location = {};   ///< package name, path or URL
  std::string revision;        ///< npm: exact version. git: commit, tag or branch, empty = the default branch
  std::string integrity = {};  ///< npm: `sha512-…` (Subresource Integrity) or empty
  std::uint64_t bytes = 0;     ///< size as the list states it, 0 = unknown; only for sharing out work

  /// The argument that names this source, without integrity and credentials: `npm:rxjs@7.8.2`.
  std::string text() const;
};

/// Parses `npm:NAME@VERSION[#sha512-…]`, `tgz:FILE`, `dir:FOLDER`, `jsonl:FILE`,
/// `git:URL-or-path[@REVISION]`. A revision that holds a `/` can only be given in a list. Throws
/// Error{kUsage}.
SourceSpec parse_source(std::string_view text);

/// One entry of a list: empty fields were not given.
struct SourceRow {
  std::string_view source = {}, package = {}, version = {}, integrity = {}, revision = {}, bytes = {};
};

/// The source that a row names; relative paths are taken from `folder`. Throws Error{kUsage}.
SourceSpec make_source(const SourceRow& row, const std::filesystem::path& folder);

/// Parses a tab-separated list whose first line names the columns: `source`, or `package`, `version` and
/// optionally `integrity`; a row may use `revision` and `bytes`; others are ignored, and so are lines that
/// begin with `#`. Relative paths in it are taken from `folder`. Throws Error{kBadData} that names `where`
/// and the line.
std::vector<SourceSpec> parse_source_list(std::string_view tsv, const std::string& where,
                                          const std::filesystem::path& folder);

}  // namespace palimpsest::ingest
