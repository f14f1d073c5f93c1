#include "evaluate/bench/estimates.h"

#include <algorithm>
#include <map>

#include "common/base/error.h"
#include "common/base/random.h"

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
  struct Cluster {
    double sum = 0;
    double weight = 0;
  };
  std::vector<Cluster> clusters;
  std::map<std::string, std::size_t> numbers;
  for (const Observation& observation : observations) {
    const auto [found, is_new] = numbers.try_emplace(observation.cluster, clusters.size());
    if (is_new) clusters.emplace_back();
    clusters[found->second].sum += observation.weight * observation.value;
    clusters[found->second].weight += observation.weight;
  }
  if (clusters.empty()) return {};
  std::vector<double> means(kResamples);
  for (std::size_t i = 0; i < kResamples; ++i) {
    base::Random random({seed, i});
    Cluster drawn;
    for (std::size_t j = 0; j < clusters.size(); ++j) {
      const Cluster& cluster = clusters[random.below(clusters.size())];
      drawn.sum += cluster.sum;
      drawn.weight += cluster.weight;
    }
    means[i] = drawn.sum / drawn.weight;
  }
  std::sort(means.begin(), means.end());
  Cluster all;
  for (const Cluster& cluster : clusters) {
    all.sum += cluster.sum;
    all.weight += cluster.weight;
  }
  constexpr std::size_t kTail = kResamples / 40;
  return {all.sum / all.weight, means[kTail], means[kResamples - 1 - kTail]};
}

}  // namespace palimpsest::bench
