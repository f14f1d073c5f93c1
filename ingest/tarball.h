// Tarballs, read from memory and never unpacked to disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/source_files.h"

namespace palimpsest::ingest {

/// Hands every regular file of a (compressed) tar archive to the collector, without the first folder of its
/// path, as npm does with `package/`. Links, devices and unsafe paths are skipped. Throws Error{kBadData}
/// that names `where` when the archive is damaged, truncated, or unpacks to more than `max_bytes`.
void read_tarball(std::string_view archive, const std::string& where, std::uint64_t max_bytes,
                  FileCollector& collector);

}  // namespace palimpsest::ingest
