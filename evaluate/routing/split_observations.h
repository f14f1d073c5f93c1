// Everything that is measured of a model on a split, segment by segment, before any statistics.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/routing/masked_batches.h"
#include "evaluate/routing/segment_routing.h"

namespace palimpsest::evaluate {

/// One segment under one mask draw, the router choosing.
struct RoutedSegment {
  std::size_t segment = 0;  ///< its number in the walk, the same in each draw
  std::size_t label = 0;
  std::uint32_t document = 0;
  std::size_t bin = 0;  ///< of its mask ratio: model::mask_ratio_bin()
  SegmentRouting routing;
};

/// NELBO of one segment under the same masks with each expert forced; means over the forced draws.
struct ForcedSegment {
  std::size_t label = 0;
  std::uint32_t document = 0;
  double tokens = 0;         ///< maskable ones
  double routed_nats = 0;    ///< the router chooses
  std::vector<double> nats;  ///< [expert]: it serves the segment in every MoE layer
};

struct SplitObservations {
  std::size_t layers = 0;  ///< MoE layers
  std::size_t experts = 0;
  std::vector<RoutedSegment> routed;  ///< draw by draw
  std::vector<ForcedSegment> forced;  ///< by segment number
};

/// A forward pass a batch and draw; in the first `forced_draws` draws one more for each expert.
SplitObservations observe_split(const model::Transformer& transformer, const tokens::ShardReader& shards,
                                const MaskDraws& draws, std::int64_t forced_draws);

/// The same of one batch, into `observations`, whose sizes are set and whose `forced` has an entry for each
/// segment of the walk.
void observe_batch(const model::Transformer& transformer, const MaskedBatch& masked,
                   std::int64_t forced_draws, SplitObservations& observations);

}  // namespace palimpsest::evaluate
