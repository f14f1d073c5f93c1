// What the observations say: specialization with intervals, entropy, mutual information, load; by layer and
// mask ratio; against shuffled labels; and with each expert forced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "evaluate/routing/split_observations.h"

namespace palimpsest::evaluate {

/// One layer or all, one mask-ratio bin or all.
struct RoutingSlice {
  std::optional<std::size_t> layer;  ///< index among the MoE layers
  std::optional<std::size_t> bin;
};

/// {specialization, router_entropy, normalized_mutual_information, load: [expert], share: [family][expert]}.
/// S1, load and share are means over the layers of the slice; entropy is a mean of H(router) / log E over its
/// routed units.
io::Json measure_routing(const SplitObservations& observations, const RoutingSlice& slice,
                         const std::vector<std::string>& labels, std::uint64_t seed);

/// Chance: S1 when the labels are permuted among the segments. {specialization: {label: {value, low, high}}},
/// the mean over the shuffles and the range of the middle 95 %; p: {label: (1 + shuffles that reach the
/// router's own S1) / (1 + shuffles)}.
io::Json shuffle_labels(const SplitObservations& observations, const std::vector<std::string>& labels,
                        std::int64_t shuffles, std::uint64_t seed);

/// {nats_per_token: [family][expert], routed_nats_per_token: {label}, own_expert_gain_nats: {label}}, each
/// {value, low, high}. Gain: nats of the other experts, their mean, minus those of the family's own on the
/// same masks; its interval is of the paired differences.
io::Json measure_forced(const SplitObservations& observations, const std::vector<std::string>& labels,
                        std::uint64_t seed);

}  // namespace palimpsest::evaluate
