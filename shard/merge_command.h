// `shard merge`: the parts of all tasks in, the output of the whole build out. No shard is written again.
#pragma once

#include <filesystem>
#include <vector>

#include "common/base/options.h"

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::shard {

struct MergeOptions {
  base::RunOptions run;
  std::vector<std::filesystem::path> parts;  ///< output directories of `shard build --task`, in any order
};

void add_merge_command(base::Stage& stage);

/// Makes what one `shard build` makes, byte for byte: every shard is checked against its part's manifest and
/// then linked under its final name, or copied where the file system cannot link. Prints a one-line result
/// on stdout. Throws Error{kUsage} when a task is missing or there twice, Error{kBadData} when parts are of
/// different builds or damaged.
void run_merge(const MergeOptions& options);

}  // namespace palimpsest::shard
