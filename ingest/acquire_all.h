// Gets all sources of a run onto this machine, several at once, because fetching is waiting.
#pragma once

#include <optional>
#include <vector>

#include "common/io/manifest.h"
#include "ingest/source.h"
#include "ingest/source_result.h"
#include "ingest/timings.h"

namespace palimpsest::ingest {

/// A source with its number in the whole run.
struct NumberedSource {
  std::size_t index;
  SourceSpec spec;
};

/// A source on this machine, or why it is not, and what became of it.
struct FetchedSource {
  std::size_t index = 0;
  std::optional<AcquiredSource> source;
  SourceResult result;
};

/// The role of a source among a manifest's inputs.
std::string input_role(const NumberedSource& source);

SourceResult failed_result(const SourceSpec& spec, const base::Error& error);

/// In the order given, with their digests as inputs of `plan`; at most options.fetch_jobs at once. A source
/// that fails becomes a failed result. Throws Interrupted.
std::vector<FetchedSource> acquire_all(const std::vector<NumberedSource>& sources,
                                       const IngestOptions& options, Timings& timings, io::Manifest& plan);

}  // namespace palimpsest::ingest
