// Results of sources by what they depend on, so that a run redoes only the sources that changed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/io/manifest.h"
#include "ingest/source.h"
#include "ingest/source_result.h"

namespace palimpsest::ingest {

inline constexpr int kUnusedDays = 30;

/// A key is the digest of the source's content and identity, the configuration, the inputs that all sources
/// share, and this very executable. Entries appear by rename, so a killed run leaves none half-written, and
/// several runs may share a cache. An entry that no run has used for kUnusedDays days is deleted when a run
/// ends; a run that would still have used it makes it again.
class ResultCache {
 public:
  /// `plan` holds configuration and shared inputs, no sources. `folder` empty = keep nothing.
  ResultCache(std::filesystem::path folder, const io::Manifest& plan);

  /// Nothing when it is not there or damaged.
  std::optional<SourceResult> find(const AcquiredSource& source) const;

  /// Throws Error{kEnvironment} when the disk is full.
  void store(const AcquiredSource& source, const SourceResult& result) const;

  void remove_unused() const;

 private:
  std::filesystem::path path(const AcquiredSource& source) const;

  std::filesystem::path folder_;
  std::string shared_;
};

}  // namespace palimpsest::ingest
