// Where the output of a stage is read from: a directory, or the URL of one on any web server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "common/io/byte_source.h"
#include "common/io/manifest.h"
#include "common/io/remote_options.h"

namespace palimpsest::io {

struct RemoteAccess;

/// Copies share connections and cache. Thread-safe.
class Folder {
 public:
  /// A path, or an http:// or https:// URL without query; nothing is opened yet. Throws Error{kUsage} on a
  /// URL that cannot be one of a folder, and Error{kEnvironment} when the cache directory cannot be made.
  explicit Folder(const std::filesystem::path& location, const RemoteOptions& options = {});

  bool is_remote() const { return access_ != nullptr; }

  /// Requests that should be under way at once; 1 for a directory.
  std::size_t parallel_reads() const;

  /// Path or URL of a file in it, or of the folder itself, for messages.
  std::string where(const std::string& name = {}) const;

  /// Opens an output of the folder's manifest. Throws Error{kEnvironment}, for a URL also Error{kBadData}.
  std::unique_ptr<ByteSource> open(const OutputFile& file) const;

  /// The whole content of an output. Throws Error{kBadData} when size or SHA-256 are not the manifest's.
  std::string read(const OutputFile& file) const;

  /// The text of the manifest, or nothing when there is none. No checksum covers it, so over HTTP it is
  /// fetched until two copies agree.
  std::optional<std::string> read_manifest_text() const;

 private:
  std::string url_of(const std::string& name) const;

  std::filesystem::path location_;  ///< without the `/` at the end of a URL
  std::size_t connections_;
  std::shared_ptr<const RemoteAccess> access_;  ///< null for a directory
};

/// Whether a location is a URL and no path.
bool is_url(const std::filesystem::path& location);

}  // namespace palimpsest::io
