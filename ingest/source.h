// Sources of every kind behind one door: say what it is, get it onto this machine, read it.
#pragma once

#include <filesystem>
#include <string>

#include "common/io/document.h"
#include "ingest/git_source.h"
#include "ingest/ingest_options.h"
#include "ingest/source_files.h"
#include "ingest/source_spec.h"

namespace palimpsest::ingest {

/// A source whose revision is known and whose bytes are on this machine.
struct AcquiredSource {
  SourceSpec spec;
  io::Source identity;         ///< as documents record it
  std::string repo;            ///< unit of splitting: package name, repository URL, or folder name
  std::string digest;          ///< of its content: integrity, commit id or SHA-256
  std::filesystem::path file;  ///< the tarball
  GitCommit commit;
};

/// The digest that acquire() will give, if the spec alone tells it (a pinned package, a commit id); else
/// empty.
std::string declared_digest(const SourceSpec& spec);

/// Fetches what is not here yet. Throws Error. Thread-safe.
AcquiredSource acquire(const SourceSpec& spec, const IngestOptions& options);

/// Reads the files that may become documents. For a tarball it also fills identity and repo from its
/// package.json. Throws Error{kBadData} when the source is damaged or has changed since acquire().
SourceFiles read_source(AcquiredSource& source, const IngestOptions& options);

}  // namespace palimpsest::ingest
