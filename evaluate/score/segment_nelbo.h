// Runs the model: what each segment costs in nats.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/model/scoring.h"
#include "common/model/transformer.h"
#include "evaluate/score/segment_batches.h"

namespace palimpsest::evaluate {

struct NelboOptions {
  std::int64_t pairs = 2;  ///< complementary mask pairs, see draw_nelbo_masks()
  std::uint64_t seed = 1;
};

/// Cross entropy at mask ratios of one bin, by label.
struct RatioCost {
  double nats = 0;    ///< estimates the sum of S_k over the k of the bin, see draw_nelbo_masks()
  double levels = 0;  ///< how many k that were
  double nats_per_masked_token() const { return nats / levels; }
};
using RatioCurve = std::vector<std::array<RatioCost, model::kMaskRatioBins>>;  ///< [label][bin]

/// NELBO of each segment, batch by batch. `curve` may be null. `what` names the progress. Deterministic for a
/// fixed number of threads. Throws Interrupted after a stop signal.
std::vector<double> segment_nelbos(const model::Transformer& transformer,
                                   const std::vector<SegmentBatch>& batches, const NelboOptions& options,
                                   const std::string& what, RatioCurve* curve = nullptr);

/// -log p of each segment read from left to right: every token given header and text before it, all behind it
/// masked. One forward pass over a copy of the segment for each token.
std::vector<double> chain_rule_nats(const model::Transformer& transformer,
                                    const std::vector<SegmentBatch>& batches);

}  // namespace palimpsest::evaluate
