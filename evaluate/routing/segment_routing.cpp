#include "evaluate/routing/segment_routing.h"

#include <cmath>
#include <numeric>

#include <ATen/ATen.h>

namespace palimpsest::evaluate {
namespace {

void add_probabilities(const float* probability, std::size_t layer, SegmentRouting& segment) {
  const std::size_t experts = segment.probability[layer].size();
  double entropy = 0;
  for (std::size_t e = 0; e < experts; ++e) {
    const double p = static_cast<double>(probability[e]);
    segment.probability[layer][e] += p;
    if (p > 0) entropy -= p * std::log(p);
  }
  segment.entropy[layer] += entropy / std::log(static_cast<double>(experts));
}

void add_layer(const model::RouterState& router, const std::int64_t* segment_N, std::size_t layer,
               std::vector<SegmentRouting>& segments) {
  const at::Tensor choice_N = router.choice_N.to(at::kCPU).contiguous();
  const at::Tensor probs_UE = router.probs_UE.to(at::kCPU).contiguous();
  const std::int64_t* choices = choice_N.const_data_ptr<std::int64_t>();
  const float* probs = probs_UE.const_data_ptr<float>();
  for (std::int64_t n = 0; n < choice_N.size(0); ++n) {
    ++segments[static_cast<std::size_t>(segment_N[n])].tokens[layer][static_cast<std::size_t>(choices[n])];
  }
  const bool by_segment = static_cast<std::size_t>(probs_UE.size(0)) == segments.size();
  for (std::int64_t u = 0; u < probs_UE.size(0); ++u) {
    SegmentRouting& segment = segments[static_cast<std::size_t>(by_segment ? u : segment_N[u])];
    add_probabilities(probs + u * probs_UE.size(1), layer, segment);
    if (layer == 0) ++segment.units;
  }
}

}  // namespace

std::uint32_t SegmentRouting::length() const {
  return std::accumulate(tokens[0].begin(), tokens[0].end(), 0U);
}

std::vector<SegmentRouting> route_segments(const model::ModelOutput& output, const model::ModelInput& input) {
  const std::size_t layers = output.routers.size();
  const auto experts = static_cast<std::size_t>(output.routers.at(0).probs_UE.size(1));
  SegmentRouting empty;
  empty.tokens.assign(layers, std::vector<std::uint32_t>(experts));
  empty.probability.assign(layers, std::vector<double>(experts));
  empty.entropy.assign(layers, 0);
  std::vector<SegmentRouting> segments(static_cast<std::size_t>(input.segments), empty);
  const at::Tensor segment_N = input.segment_N.to(at::kCPU).contiguous();
  for (std::size_t layer = 0; layer < layers; ++layer) {
    add_layer(output.routers[layer], segment_N.const_data_ptr<std::int64_t>(), layer, segments);
  }
  for (SegmentRouting& segment : segments) {
    for (std::size_t layer = 0; layer < layers; ++layer) {
      segment.entropy[layer] /= segment.units;
      for (double& p : segment.probability[layer]) p /= segment.units;
    }
  }
  return segments;
}

}  // namespace palimpsest::evaluate
