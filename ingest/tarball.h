// Tarballs, read from memory and never unpacked to disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/source_files.h"

namespace palimpsest::ingest {

/// Whether the first folder of each path belongs to it.
enum class TopFolder {
  kDrop,  ///< no: npm's packages have everything in `package/`, and npm ignores the name
  kKeep,
  kFind  ///< no, if all is in one folder or in a package's; unpacks the archive twice
};

/// Hands every regular file of a (compressed) tar archive to the collector. Links, devices and unsafe paths
/// are skipped. Throws Error{kBadData} that names `where` when the archive is damaged, truncated, or unpacks
/// to more than `max_bytes`.
void read_tarball(std::string_view archive, const std::string& where, std::uint64_t max_bytes, TopFolder top,
                  FileCollector& collector);

}  // namespace palimpsest::ingest
