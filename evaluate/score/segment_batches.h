// The segments of a split as batches for the model, with the document of each.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/diffusion.h"
#include "common/model/row_batch.h"
#include "common/tokens/shard_reader.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::evaluate {

/// The segments' text_bytes are the bytes of what is scored: of the hole where there is one.
struct SegmentBatch {
  model::RowBatch rows;
  std::vector<std::uint32_t> document;  ///< by segment: index into ShardReader::documents()
  std::uint64_t first_segment = 0;      ///< number of the first one among those of all batches
  model::Holes holes;                   ///< empty, or one entry a segment
};

enum class Headers : std::uint8_t { kVisible, kRemoved };

inline constexpr std::int64_t kBatchRows = 16;

/// Every row of the split, label by label. Removed headers leave no positions behind.
std::vector<SegmentBatch> batches_of_split(const tokens::ShardReader& shards, Headers headers);

/// Up to `per_label` segments of each label, evenly spaced, each alone in its row.
std::vector<SegmentBatch> batches_of_segments(const tokens::ShardReader& shards, std::int64_t per_label);

inline constexpr std::int64_t kLongestHole = 32;

/// Cuts a hole into every segment: length uniform on 1..kLongestHole (less where the segment is short),
/// somewhere with at least a token visible on both sides and `<|end|>` visible. Segments of fewer than 4
/// maskable tokens are removed.
void cut_holes(std::vector<SegmentBatch>& batches, const tokens::Tokenizer& tokenizer, std::uint64_t seed);

}  // namespace palimpsest::evaluate
