// npm packages through the npm client: registry, proxy and login are whatever the user set up for it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "ingest/source_spec.h"

namespace palimpsest::ingest {

struct NpmLimits {
  int timeout_s = 0;            ///< wall clock of one package with all its retries
  std::uint64_t max_bytes = 0;  ///< of the package's tarball
  int retries = 3;              ///< of transient failures
};

/// Path of the package's tarball in the cache; fetches it unless it is there with the right integrity (if the
/// spec states one). REQUIRES: spec.kind is kNpm. Throws Error{kEnvironment} when npm cannot get it,
/// Error{kBadData} when what it got has another integrity.
std::filesystem::path fetch_npm_package(const SourceSpec& spec, const std::filesystem::path& cache,
                                        const NpmLimits& limits);

}  // namespace palimpsest::ingest
