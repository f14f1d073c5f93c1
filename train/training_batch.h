// The rows, masks and forced experts of one optimizer step: a pure function of shards, recipe, seed and step.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/diffusion.h"
#include "common/model/row_batch.h"
#include "common/model/span_masks.h"
#include "common/tokens/shard_reader.h"
#include "train/recipe.h"
#include "train/training_rows.h"

namespace palimpsest::train {

/// The expert that serves everything before upcycling.
inline constexpr std::int64_t kSharedExpert = 0;

struct TrainingBatch {
  model::RowBatch rows;
  model::MaskPlan masks;
  std::vector<std::int64_t> forced;  ///< per segment: expert of its label, kSharedExpert or kRouterChooses
  std::vector<std::uint64_t> jitter_seeds;  ///< per row, for the router's jitter
};

/// One of the processes that share every step.
struct RankShare {
  int rank = 0;
  int ranks = 1;
};

/// Whether next_batch() reads the ids of a step's i-th drawn row. In a stage with a span_share it reads all,
/// because holes follow the text; else those of `share`.
bool reads_row(const Recipe& recipe, std::size_t stage, RankShare share, std::int64_t i);

/// Draws the next of `rows` and everything random about them from {seed, step}. `shapes` is only read where
/// the stage has a span_share. The ids of rows that are not read are padding; all else is the same for every
/// rank.
TrainingBatch next_batch(const tokens::ShardReader& shards, TrainingRows& rows, const Recipe& recipe,
                         const std::vector<model::TokenShape>& shapes, std::uint64_t seed, std::int64_t step,
                         RankShare share = {});

/// The rows of `share` in the runs that split_batch() makes of the batch for all ranks together: for each
/// rank as many as it takes to reach `micro_batches`, and no more than it has rows. ranks <= rows.
std::vector<TrainingBatch> split_share(const TrainingBatch& batch, std::int64_t micro_batches,
                                       RankShare share);

/// The rows in `parts` runs of nearly equal length, each with its masks. 1 <= parts <= rows.
std::vector<TrainingBatch> split_batch(const TrainingBatch& batch, std::int64_t parts);

/// Weight of each label in a stage's mix.
std::vector<double> mix_weights(const tokens::ShardReader& shards, Mix mix);

}  // namespace palimpsest::train
