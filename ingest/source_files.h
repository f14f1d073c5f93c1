// What one source holds, and the collector through which every kind of source hands it over.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/license_files.h"
#include "ingest/package_info.h"

namespace palimpsest::ingest {

/// A file that may become a document.
struct FoundFile {
  std::string path;  ///< inside the source, `/`-separated
  std::string text;
  std::string blob;           ///< git object id, or empty
  std::string repo = {};      ///< unit of splitting if it is not the whole source
  std::string encoding = {};  ///< io::Document::encoding, if text was converted
};

/// A file that does not become a document, and why. Reasons are `snake_case` names.
struct Skip {
  std::string path;
  std::string reason;
  std::uint64_t bytes = 0;
  std::string same_as = {};  ///< for repetitions: what it repeats
  double similarity = 0;     ///< to that, 0 to 1
};

struct SourceFiles {
  std::vector<FoundFile> files;  ///< sorted by path
  PackageTree packages;
  LicenseFiles licenses;
  std::vector<Skip> skips;        ///< TypeScript, or possibly so, that was left out
  std::uint64_t other_files = 0;  ///< files that are not TypeScript
};

struct CollectLimits {
  std::uint64_t max_file_bytes = 0;    ///< of a TypeScript file
  std::uint64_t max_source_bytes = 0;  ///< of all that is taken in
};

/// Decides by path and size what to read; a source asks wants() before it reads a file, then calls take().
/// Paths are untrusted: absolute ones and those with `..` are skipped. Not thread-safe.
class FileCollector {
 public:
  /// Packages ship TypeScript inside source maps; elsewhere a source map is a build product of files that are
  /// there.
  enum class SourceMaps { kRead, kIgnore };

  FileCollector(CollectLimits limits, SourceMaps source_maps);

  /// False: leave the file; the reason is recorded.
  bool wants(const std::string& path, std::uint64_t bytes);

  /// REQUIRES: wants(path, …) returned true. UTF-16 becomes UTF-8; the blob stays the source's. Throws
  /// Error{kBadData} when the source exceeds its limit.
  void take(const std::string& path, std::string content, std::string blob, std::string repo = {});

  /// Records a file that the source itself refuses, e.g. a link.
  void skip(std::string path, const char* reason, std::uint64_t bytes = 0);

  /// The sorted result; the collector is empty afterwards.
  SourceFiles finish();

 private:
  void take_source_map(const std::string& path, std::string_view content);

  CollectLimits limits_;
  SourceMaps source_maps_;
  SourceFiles found_;
  std::set<std::string> paths_;
  std::vector<FoundFile> mapped_;  // in source maps: a real file of the same path wins
  std::set<std::string> mapped_without_text_;
  std::uint64_t bytes_ = 0;
};

/// True for a relative, normalised, valid UTF-8 path that stays inside its root.
bool is_safe_path(std::string_view path);

}  // namespace palimpsest::ingest
