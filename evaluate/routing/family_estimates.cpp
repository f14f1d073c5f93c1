#include "evaluate/routing/family_estimates.h"

#include "evaluate/bench/estimates.h"

namespace palimpsest::evaluate {
namespace {

io::Json estimate(const std::vector<bench::Observation>& observations, std::uint64_t seed) {
  if (observations.empty()) return nullptr;
  const bench::Interval interval = bench::bootstrap_mean(observations, seed);
  return {{"value", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

}  // namespace

io::Json family_estimates(const std::vector<FamilyValue>& values, const std::vector<std::string>& labels,
                          std::uint64_t seed) {
  std::vector<std::vector<bench::Observation>> by_family(labels.size());
  std::vector<double> weight(labels.size());
  for (const FamilyValue& value : values) {
    by_family[value.label].push_back({value.value, std::to_string(value.document), value.weight});
    weight[value.label] += value.weight;
  }
  io::Json json = io::Json::object();
  std::vector<bench::Observation> all;
  for (std::size_t f = 0; f < labels.size(); ++f) {
    json[labels[f]] = estimate(by_family[f], seed);
    for (bench::Observation observation : by_family[f]) {
      observation.weight /= weight[f];
      all.push_back(observation);
    }
  }
  json["mean"] = estimate(all, seed);
  return json;
}

}  // namespace palimpsest::evaluate
