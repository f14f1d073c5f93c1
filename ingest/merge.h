// `ingest merge`: the parts of all tasks in, the output of the whole run out.
#pragma once

#include <filesystem>
#include <vector>

#include "common/base/options.h"
#include "ingest/ingest.h"

namespace palimpsest::ingest {

struct MergeOptions {
  base::RunOptions run;
  std::vector<std::filesystem::path> parts;  ///< output directories of `ingest run --task`, in any order
};

/// Writes what one `ingest run` over all sources writes, byte for byte: duplicates can only be known now, so
/// documents are written again. Throws Error{kUsage} when a task is missing or there twice, Error{kBadData}
/// when parts are of different runs or damaged.
RunResult run_merge(const MergeOptions& options);

}  // namespace palimpsest::ingest
