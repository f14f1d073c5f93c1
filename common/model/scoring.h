// Scores of a model on a split: NELBO per family, and how its router behaves. Used by train (validation) and
// evaluate.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/routing_stats.h"
#include "common/model/transformer.h"
#include "common/tokens/shard_reader.h"

namespace palimpsest::model {

struct ScoreOptions {
  std::int64_t passes = 1;          ///< independent stratified mask draws over the same rows
  std::int64_t rows_per_label = 0;  ///< 0 = all; else that many rows of each label, evenly spaced
  std::int64_t batch_rows = 16;
  std::uint64_t seed = 0;                       ///< fixed seed = fixed noise: scores of two models are paired
  bool stops = true;                            ///< throws Interrupted after a stop signal
  std::int64_t forced_expert = kRouterChooses;  ///< every segment is served by this expert
};

/// Sums over one family. Divide as you need: nats / tokens is the NELBO per token.
struct FamilyScore {
  double nats = 0;
  std::int64_t tokens = 0;  ///< maskable tokens, `<|end|>` included
  std::int64_t bytes = 0;   ///< UTF-8 bytes of text

  void add(const FamilyScore& other);
  double nats_per_token() const;
  double perplexity() const;
  double bits_per_byte() const;
};

/// Mask ratios are binned in fifths: (0, 0.2], (0.2, 0.4], ... (0.8, 1].
inline constexpr std::size_t kMaskRatioBins = 5;

/// The bin of a mask ratio in (0, 1].
std::size_t mask_ratio_bin(double ratio);

struct Score {
  std::vector<FamilyScore> families;          ///< by label
  RoutingCounts routing{0, 0, 0};             ///< the router's own choices by MoE layer, label and expert
  std::vector<RoutingCounts> routing_by_bin;  ///< the same within each mask-ratio bin
  double router_entropy = 0;                  ///< mean over units and layers of H(router) / log E, in 0..1

  FamilyScore total() const;
  /// Mean over families of bits_per_byte(): rare families count as much as common ones.
  double mean_bits_per_byte() const;
};

/// Deterministic for given options and threads. Families without rows have zero tokens.
Score score_split(const Transformer& transformer, const tokens::ShardReader& shards,
                  const ScoreOptions& options);

/// Adds the router's own choices in one forward pass, forced or not, to the mask-ratio bin of each segment.
/// Every token counts, headers included.
void count_routing(const ModelOutput& output, const RowBatch& batch, const ModelInput& input,
                   const MaskPlan& masks, std::vector<RoutingCounts>& bins);

/// Mean over layers and units of the router's entropy divided by log E.
double normalized_router_entropy(const ModelOutput& output);

}  // namespace palimpsest::model
