#include "common/base/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "common/base/random.h"

namespace palimpsest::base {
namespace {

constexpr std::size_t kTailShare = 40;  // 2.5 % on each side

std::vector<std::vector<const Cluster*>> by_stratum(const std::vector<Cluster>& clusters) {
  std::vector<std::vector<const Cluster*>> strata;
  for (const Cluster& cluster : clusters) {
    if (cluster.stratum >= strata.size()) strata.resize(cluster.stratum + 1);
    strata[cluster.stratum].push_back(&cluster);
  }
  return strata;
}

void add(const Cluster& cluster, std::vector<double>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += cluster.sums[i];
}

}  // namespace

std::vector<Interval> bootstrap(const std::vector<Cluster>& clusters, const Statistics& statistics,
                                std::uint64_t seed) {
  if (clusters.empty()) return {};
  const std::vector<double> zero(clusters.front().sums.size(), 0);
  std::vector<double> sums = zero;
  for (const Cluster& cluster : clusters) add(cluster, sums);
  const std::vector<double> values = statistics(sums);
  std::vector<std::vector<double>> drawn(values.size());
  const auto strata = by_stratum(clusters);
  for (std::size_t i = 0; i < kResamples; ++i) {
    Random random({seed, i});
    sums = zero;
    for (const auto& stratum : strata) {
      for (std::size_t j = 0; j < stratum.size(); ++j) add(*stratum[random.below(stratum.size())], sums);
    }
    const std::vector<double> resampled = statistics(sums);
    for (std::size_t v = 0; v < values.size(); ++v) {
      if (std::isfinite(resampled[v])) drawn[v].push_back(resampled[v]);
    }
  }
  std::vector<Interval> intervals;
  for (std::size_t v = 0; v < values.size(); ++v) {
    intervals.push_back({values[v], values[v], values[v]});
    if (drawn[v].empty()) continue;
    std::sort(drawn[v].begin(), drawn[v].end());
    const std::size_t tail = drawn[v].size() / kTailShare;
    intervals.back().low = drawn[v][tail];
    intervals.back().high = drawn[v][drawn[v].size() - 1 - tail];
  }
  return intervals;
}

}  // namespace palimpsest::base
