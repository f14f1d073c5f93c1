// Git repositories through libgit2: cloned bare into the cache, never checked out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "ingest/source_files.h"

namespace palimpsest::ingest {

struct GitLimits {
  int timeout_s = 0;            ///< wall clock of one clone or fetch
  std::uint64_t max_bytes = 0;  ///< received by one clone or fetch
};

struct GitCommit {
  std::filesystem::path repository;  ///< what to open
  std::string id;                    ///< 40 hex digits
};

/// Finds the commit that `revision` names (commit id, tag or branch; empty = the default branch). A folder is
/// opened as it is; anything else is a URL that is cloned or fetched into the cache, unless the cache already
/// holds the commit id. Throws Error{kEnvironment} when the repository cannot be reached, Error{kBadData}
/// when it lacks the revision. Forks: call it before threads start.
GitCommit find_commit(const std::string& location, const std::string& revision,
                      const std::filesystem::path& cache, const GitLimits& limits);

/// Hands the commit's blobs to the collector; looks at a blob's size before reading it; skips links and
/// submodules. Throws Error{kBadData} when the repository is damaged.
void read_commit(const GitCommit& commit, FileCollector& collector);

/// True for a complete commit id: such a revision never moves.
bool is_commit_id(const std::string& revision);

}  // namespace palimpsest::ingest
