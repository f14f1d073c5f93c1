#include "evaluate/routing/routing_measures.h"

#include <numeric>

#include "common/model/routing_stats.h"
#include "evaluate/routing/family_estimates.h"

namespace palimpsest::evaluate {
namespace {

std::vector<std::size_t> layers_of(const SplitObservations& observations, const RoutingSlice& slice) {
  if (slice.layer) return {*slice.layer};
  std::vector<std::size_t> layers(observations.layers);
  std::iota(layers.begin(), layers.end(), 0U);
  return layers;
}

/// S1 of one segment: every token's right choice counts, mean over the layers.
FamilyValue specialization_of(const RoutedSegment& routed, const std::vector<std::size_t>& layers) {
  const double length = routed.routing.length();
  double own = 0;
  for (const std::size_t layer : layers) own += routed.routing.tokens[layer][routed.label];
  const double share = own / length / static_cast<double>(layers.size());
  return {.label = routed.label,
          .document = routed.document,
          .weight = length,
          .value = model::above_chance(share, routed.routing.tokens[0].size())};
}

/// [family][expert]: mean over layers of the share of the family's tokens; null for a family without tokens.
io::Json share_json(const model::RoutingCounts& counts) {
  io::Json rows = io::Json::array();
  for (std::size_t f = 0; f < counts.families(); ++f) {
    std::vector<double> row(counts.experts());
    double all = 0;  // of every layer
    for (std::size_t layer = 0; layer < counts.layers(); ++layer) {
      for (std::size_t e = 0; e < row.size(); ++e) {
        row[e] += static_cast<double>(counts.count(layer, f, e));
        all += static_cast<double>(counts.count(layer, f, e));
      }
    }
    for (double& tokens : row) tokens /= all;
    rows.push_back(all > 0 ? io::Json(row) : io::Json(nullptr));
  }
  return rows;
}

}  // namespace

io::Json measure_routing(const SplitObservations& observations, const RoutingSlice& slice,
                         const std::vector<std::string>& labels, std::uint64_t seed) {
  const std::vector<std::size_t> layers = layers_of(observations, slice);
  model::RoutingCounts counts(layers.size(), labels.size(), observations.experts);
  std::vector<FamilyValue> values;
  std::vector<double> load(observations.experts);
  double tokens = 0;
  double entropy = 0;
  double units = 0;
  for (const RoutedSegment& routed : observations.routed) {
    if (slice.bin && routed.bin != *slice.bin) continue;
    values.push_back(specialization_of(routed, layers));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::vector<std::uint32_t>& by_expert = routed.routing.tokens[layers[i]];
      for (std::size_t e = 0; e < by_expert.size(); ++e) {
        counts.add(i, routed.label, e, by_expert[e]);
        load[e] += by_expert[e];
        tokens += by_expert[e];
      }
      entropy += routed.routing.entropy[layers[i]] * routed.routing.units;
      units += routed.routing.units;
    }
  }
  if (values.empty()) return nullptr;
  for (double& share : load) share /= tokens;
  return {{"specialization", family_estimates(values, labels, seed)},
          {"router_entropy", entropy / units},
          {"normalized_mutual_information", counts.normalized_mutual_information()},
          {"load", load},
          {"share", share_json(counts)}};
}

io::Json measure_forced(const SplitObservations& observations, const std::vector<std::string>& labels,
                        std::uint64_t seed) {
  const auto estimates = [&](auto nats_of) {
    std::vector<FamilyValue> values;
    for (const ForcedSegment& forced : observations.forced) {
      values.push_back({forced.label, forced.document, forced.tokens, nats_of(forced) / forced.tokens});
    }
    return family_estimates(values, labels, seed);
  };
  std::vector<io::Json> columns;
  for (std::size_t e = 0; e < observations.experts; ++e) {
    columns.push_back(estimates([e](const ForcedSegment& forced) { return forced.nats[e]; }));
  }
  io::Json matrix = io::Json::array();
  for (const std::string& label : labels) {
    io::Json row = io::Json::array();
    for (const io::Json& column : columns) row.push_back(column.at(label));
    matrix.push_back(row);
  }
  const auto gain = [](const ForcedSegment& forced) {
    const double own = forced.nats[forced.label];
    const double all = std::accumulate(forced.nats.begin(), forced.nats.end(), 0.0);
    return (all - own) / static_cast<double>(forced.nats.size() - 1) - own;
  };
  return {
      {"nats_per_token", matrix},
      {"routed_nats_per_token", estimates([](const ForcedSegment& forced) { return forced.routed_nats; })},
      {"own_expert_gain_nats", estimates(gain)}};
}

}  // namespace palimpsest::evaluate
