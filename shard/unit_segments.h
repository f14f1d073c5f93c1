// All segments of one unit by label, in memory.
#pragma once

#include <string>
#include <vector>

#include "common/io/document.h"
#include "common/tokens/shard_format.h"
#include "shard/segmenter.h"

namespace palimpsest::shard {

struct PlacedSegment {
  Segment segment;
  std::size_t document = 0;  ///< index into UnitSegments::origins
};

struct UnitSegments {
  std::vector<tokens::DocumentOrigin> origins;       ///< documents in input order
  std::vector<std::vector<PlacedSegment>> by_label;  ///< by index into the label table; in input order
};

/// Runs on the threads of the calling arena; the result does not depend on their number. Throws
/// Error{kBadData} on a label outside the table.
UnitSegments cut_documents(std::vector<io::Document>&& documents, const std::vector<std::string>& labels,
                           const Segmenter& segmenter);

}  // namespace palimpsest::shard
