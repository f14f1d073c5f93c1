#include "evaluate/bench/estimates.h"

#include <map>
#include <span>

#include "common/base/bootstrap.h"
#include "common/base/error.h"

namespace palimpsest::bench {

double pass_at_k(std::int64_t samples, std::int64_t passed, std::int64_t k) {
  if (k < 1 || k > samples || passed < 0 || passed > samples) {
    throw base::Error(base::ErrorCode::kBug, "pass@k out of range", {.got = std::to_string(k)});
  }
  if (samples - passed < k) return 1;
  double all_fail = 1;
  for (std::int64_t i = samples - passed + 1; i <= samples; ++i) {
    all_fail *= 1 - static_cast<double>(k) / static_cast<double>(i);
  }
  return 1 - all_fail;
}

Interval bootstrap_mean(const std::vector<Observation>& observations, std::uint64_t seed) {
  std::vector<base::Cluster> clusters;
  std::map<std::string, std::size_t> numbers;
  for (const Observation& observation : observations) {
    const auto [found, is_new] = numbers.try_emplace(observation.cluster, clusters.size());
    if (is_new) clusters.push_back({.sums = {0, 0}});
    clusters[found->second].sums[0] += observation.weight * observation.value;
    clusters[found->second].sums[1] += observation.weight;
  }
  if (clusters.empty()) return {};
  const auto mean = [](std::span<const double> sums) { return std::vector<double>{sums[0] / sums[1]}; };
  const base::Interval interval = base::bootstrap(clusters, mean, seed).front();
  return {interval.value, interval.low, interval.high};
}

}  // namespace palimpsest::bench
