// Packs the segments of one split into rows and writes its shard files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/tokens/shard_format.h"
#include "shard/document_segments.h"
#include "shard/shard_counts.h"

namespace palimpsest::shard {

/// Where to write the file of a name such as "train/shard-00000.pls".
using PathOfName = std::function<std::filesystem::path(const std::string&)>;

/// Writes at least one file, so that a split without rows can be read. Rows are ordered by label, inside a
/// label as packed. Returns the counts by label.
std::vector<RowCounts> write_split(const DocumentSegments& segments, const tokens::ShardHeader& header,
                                   const PathOfName& path_of);

}  // namespace palimpsest::shard
