// Git repositories: mirrored bare by the git program, read by libgit2, never checked out.
#pragma once

#include <filesystem>
#include <string>

#include "ingest/git_mirror.h"
#include "ingest/source_files.h"

namespace palimpsest::ingest {

struct GitCommit {
  std::filesystem::path repository;  ///< what to open
  std::string id;                    ///< 40 hex digits
  bool is_mirror = false;            ///< ours: it may lack large blobs
};

/// Finds the commit that `revision` names (commit id, tag or branch; empty = the default branch). A folder is
/// opened as it is; anything else is a URL that is cloned or fetched into the cache, unless the cache already
/// holds the commit id. Throws Error{kEnvironment} when the repository cannot be reached, Error{kBadData}
/// when it lacks the revision.
GitCommit find_commit(const std::string& location, const std::string& revision,
                      const std::filesystem::path& cache, const GitLimits& limits);

/// Hands the commit's blobs to the collector; looks at a blob's size before reading it; skips links and
/// submodules. Throws Error{kBadData} when the repository is damaged.
void read_commit(const GitCommit& commit, FileCollector& collector);

/// True for a complete commit id: such a revision never moves.
bool is_commit_id(const std::string& revision);

}  // namespace palimpsest::ingest
