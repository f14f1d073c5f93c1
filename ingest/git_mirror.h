// Bare mirrors of remote repositories in the cache, which later runs fetch into.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace palimpsest::ingest {

struct GitLimits {
  int timeout_s = 0;                            ///< wall clock of one clone or fetch with all its retries
  std::uint64_t max_bytes = 0;                  ///< of a pack that one clone or fetch receives
  std::uint64_t max_memory_bytes = 256U << 20;  ///< of a git process: a hostile pack dies here
  int retries = 3;                              ///< of transient failures
  int retry_delay_ms = 1000;                    ///< before the first retry; doubles each time
  std::uint64_t max_blob_bytes = 0;  ///< larger blobs are not fetched if the server can; 0 = all are
  bool shallow = false;              ///< one commit instead of all branches and tags
};

struct GitMirror {
  std::filesystem::path repository;
  std::string revision;  ///< expression that names the wanted commit in it
};

/// Where the mirror of `url` is, without a look at the network.
GitMirror locate_mirror(const std::string& url, const std::string& revision,
                        const std::filesystem::path& cache, const GitLimits& limits);

/// Clones or fetches: all branches and tags, or if shallow only the tree of `revision`. One
/// process at a time works on a mirror, others wait; what a killed one left is removed. Throws
/// Error{kEnvironment} when the remote cannot be reached in time, refuses, or exceeds a limit.
void update_mirror(const std::string& url, const std::string& revision, const GitMirror& mirror,
                   const GitLimits& limits);

}  // namespace palimpsest::ingest
