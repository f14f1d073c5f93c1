// Numbers over tasks: pass@k without bias, and means with intervals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace palimpsest::bench {

/// The chance that one of k samples passes when `passed` of `samples` did, k <= samples: 1 - C(n-c, k) / C(n,
/// k), the unbiased estimator of Chen et al. 2021 (arXiv 2107.03374, equation 1).
double pass_at_k(std::int64_t samples, std::int64_t passed, std::int64_t k);

struct Interval {
  double mean = 0;
  double low = 0;   ///< 2.5th percentile of the resampled means
  double high = 0;  ///< 97.5th
};

/// One value and the cluster it belongs to, e.g. the file its task was cut from.
struct Observation {
  double value = 0;
  std::string cluster;
  double weight = 1;
};

/// Weighted mean and percentile bootstrap interval (Efron 1979): whole clusters are drawn with replacement,
/// because tasks of one file are no independent witnesses. Depends on the seed and the order of first
/// appearance only.
Interval bootstrap_mean(const std::vector<Observation>& observations, std::uint64_t seed);

}  // namespace palimpsest::bench
