// Packs the segments of one unit into rows and writes its shard files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

#include "common/tokens/shard_format.h"
#include "shard/shard_counts.h"
#include "shard/unit_segments.h"

namespace palimpsest::shard {

/// Where to write file number `part` of the unit.
using PathOfPart = std::function<std::filesystem::path(std::size_t part)>;

/// Writes at least one file, even without rows; a next one when tokens::kShardBytes are reached. Rows are
/// ordered by label, inside a label as packed.
/// Returns the counts by label.
std::vector<RowCounts> write_unit(const UnitSegments& segments, const tokens::ShardHeader& header,
                                  const PathOfPart& path_of);

}  // namespace palimpsest::shard
