#include <algorithm>

#include "common/base/random.h"
#include "common/model/routing_stats.h"
#include "evaluate/routing/routing_measures.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uint64_t kShuffleStream = 0x6368616e6365;  // "chance"

/// A segment's tokens by expert, over all layers and draws.
struct SegmentLoad {
  std::size_t label = 0;
  double tokens = 0;
  std::vector<double> by_expert;
};

std::vector<SegmentLoad> loads_of(const SplitObservations& observations) {
  std::vector<SegmentLoad> loads(observations.forced.size());
  for (const RoutedSegment& routed : observations.routed) {
    SegmentLoad& load = loads[routed.segment];
    load.label = routed.label;
    load.by_expert.resize(observations.experts);
    for (const auto& by_expert : routed.routing.tokens) {
      for (std::size_t e = 0; e < by_expert.size(); ++e) {
        load.by_expert[e] += by_expert[e];
        load.tokens += by_expert[e];
      }
    }
  }
  return loads;
}

/// S1 of each family that has segments, and behind them the mean over those.
std::vector<double> specializations(const std::vector<SegmentLoad>& loads,
                                    const std::vector<std::size_t>& labels, std::size_t families) {
  std::vector<double> own(families);
  std::vector<double> all(families);
  for (std::size_t s = 0; s < loads.size(); ++s) {
    own[labels[s]] += loads[s].by_expert[labels[s]];
    all[labels[s]] += loads[s].tokens;
  }
  std::vector<double> result(families + 1);
  double known = 0;
  for (std::size_t f = 0; f < families; ++f) {
    if (all[f] == 0) continue;
    result[f] = model::above_chance(own[f] / all[f], loads[0].by_expert.size());
    result.back() += result[f];
    known += 1;
  }
  result.back() /= known;
  return result;
}

}  // namespace

io::Json shuffle_labels(const SplitObservations& observations, const std::vector<std::string>& labels,
                        std::int64_t shuffles, std::uint64_t seed) {
  const std::vector<SegmentLoad> loads = loads_of(observations);
  if (loads.empty() || shuffles < 1) return nullptr;
  std::vector<std::size_t> of_segment;
  for (const SegmentLoad& load : loads) of_segment.push_back(load.label);
  const std::vector<double> observed = specializations(loads, of_segment, labels.size());
  std::vector<std::vector<double>> drawn(observed.size());
  for (std::int64_t n = 0; n < shuffles; ++n) {
    base::Random random{kShuffleStream, seed, static_cast<std::uint64_t>(n)};
    for (std::size_t i = of_segment.size(); i > 1; --i)
      std::swap(of_segment[i - 1], of_segment[random.below(i)]);
    const std::vector<double> shuffled = specializations(loads, of_segment, labels.size());
    for (std::size_t f = 0; f < shuffled.size(); ++f) drawn[f].push_back(shuffled[f]);
  }
  io::Json specialization = io::Json::object();
  io::Json p = io::Json::object();
  for (std::size_t f = 0; f < drawn.size(); ++f) {
    std::vector<double>& values = drawn[f];
    std::sort(values.begin(), values.end());
    const std::string& name = f < labels.size() ? labels[f] : "mean";
    double sum = 0;
    for (const double value : values) sum += value;
    const std::size_t tail = values.size() / 40;
    specialization[name] = {{"value", sum / static_cast<double>(values.size())},
                            {"low", values[tail]},
                            {"high", values[values.size() - 1 - tail]}};
    const auto reach = values.end() - std::lower_bound(values.begin(), values.end(), observed[f]);
    p[name] = (1 + static_cast<double>(reach)) / (1 + static_cast<double>(values.size()));
  }
  return {{"shuffles", shuffles}, {"specialization", specialization}, {"p", p}};
}

}  // namespace palimpsest::evaluate
