// Confidence intervals by resampling clusters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace palimpsest::base {

struct Interval {
  double value = 0;  ///< of the sample itself
  double low = 0;    ///< 2.5th percentile over resamples
  double high = 0;   ///< 97.5th
};

/// What stays together in a resample, e.g. all that was measured in one document.
struct Cluster {
  std::size_t stratum = 0;   ///< every resample draws as many clusters of a stratum as there are
  std::vector<double> sums;  ///< equally many in every cluster
};

inline constexpr std::size_t kResamples = 1000;

/// Statistics of the summed `sums`, e.g. ratios of two of them.
using Statistics = std::function<std::vector<double>(std::span<const double> sums)>;

/// Percentile bootstrap (Efron 1979) of kResamples resamples: an interval for each statistic. Resamples
/// where a statistic is not finite do not count for it. Depends on the seed and the order of the clusters
/// only. Empty without clusters.
std::vector<Interval> bootstrap(const std::vector<Cluster>& clusters, const Statistics& statistics,
                                std::uint64_t seed);

}  // namespace palimpsest::base
