// The batches of a split and the masks of each draw: what the router, the forced experts and the probe all
// see.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/model/diffusion.h"
#include "common/model/row_batch.h"
#include "common/tokens/shard_reader.h"

namespace palimpsest::evaluate {

struct MaskedBatch {
  model::RowBatch batch;
  model::MaskPlan masks;
  std::vector<std::uint32_t> document;  ///< per segment: index into ShardReader::documents()
  std::size_t first_segment = 0;        ///< number of the batch's first segment in the walk
  std::int64_t draw = 0;
};

struct MaskDraws {
  std::int64_t draws = 4;           ///< independent stratified mask draws over the same rows
  std::int64_t rows_per_label = 0;  ///< 0 = all; else that many rows of each label, evenly spaced
  std::uint64_t seed = 1;
};

/// Visits every batch once a draw, label by label. Segments have the same numbers in each draw, and the same
/// draw of the same rows always has the same masks. Throws Interrupted after a stop signal.
void for_each_masked_batch(const tokens::ShardReader& shards, const MaskDraws& draws,
                           const std::function<void(const MaskedBatch&)>& visit);

/// Segments that a walk visits in each draw.
std::size_t count_segments(const tokens::ShardReader& shards, const MaskDraws& draws);

}  // namespace palimpsest::evaluate
