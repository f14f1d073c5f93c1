// What the routers did with each segment of one forward pass.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/transformer.h"

namespace palimpsest::evaluate {

/// Arrays are [MoE layer][expert] or [MoE layer].
struct SegmentRouting {
  std::vector<std::vector<std::uint32_t>> tokens;  ///< whose first choice the expert is; headers count
  std::vector<std::vector<double>> probability;    ///< mean over the segment's routed units
  std::vector<double> entropy;                     ///< the same of H(router) / log E
  std::uint32_t units = 0;                         ///< 1 where segments are routed, else tokens

  /// Tokens of the segment.
  std::uint32_t length() const;
};

/// One a segment of the batch. The router's own choices, forced or not.
std::vector<SegmentRouting> route_segments(const model::ModelOutput& output, const model::ModelInput& input);

}  // namespace palimpsest::evaluate
