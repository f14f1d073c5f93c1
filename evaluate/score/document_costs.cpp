#include "evaluate/score/document_costs.h"

#include <cmath>

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kSums = 3;  // of a family: nats, tokens, bytes

std::vector<model::FamilyScore> scores_of(std::span<const double> sums) {
  std::vector<model::FamilyScore> scores;
  for (std::size_t i = 0; i < sums.size(); i += kSums) {
    scores.push_back(
        {.nats = sums[i], .tokens = std::llround(sums[i + 1]), .bytes = std::llround(sums[i + 2])});
  }
  return scores;
}

/// For each family, then for everything: bits per byte and perplexity; last the mean bits per byte.
std::vector<double> statistics(std::span<const double> sums) {
  model::Score score;
  score.families = scores_of(sums);
  std::vector<double> values;
  for (const model::FamilyScore& family : score.families) {
    values.push_back(family.bits_per_byte());
    values.push_back(family.perplexity());
  }
  values.push_back(score.total().bits_per_byte());
  values.push_back(score.total().perplexity());
  values.push_back(score.mean_bits_per_byte());
  return values;
}

}  // namespace

DocumentCosts no_costs(std::size_t documents, std::size_t families) {
  return DocumentCosts(documents, std::vector<model::FamilyScore>(families));
}

DocumentCosts costs_of(const std::vector<SegmentBatch>& batches, const std::vector<double>& nats,
                       std::size_t documents, std::size_t families) {
  DocumentCosts costs = no_costs(documents, families);
  std::size_t next = 0;
  for (const SegmentBatch& batch : batches) {
    for (std::size_t s = 0; s < batch.rows.segments.size(); ++s, ++next) {
      const model::BatchSegment& segment = batch.rows.segments[s];
      const std::int64_t tokens =
          batch.holes.empty() ? segment.maskable() : static_cast<std::int64_t>(batch.holes[s].size());
      costs[batch.document[s]][static_cast<std::size_t>(segment.label)].add(
          {.nats = nats[next], .tokens = tokens, .bytes = segment.text_bytes});
    }
  }
  return costs;
}

std::size_t main_family(const std::vector<model::FamilyScore>& costs) {
  std::size_t most = 0;
  for (std::size_t f = 1; f < costs.size(); ++f) {
    if (costs[f].tokens > costs[most].tokens) most = f;
  }
  return most;
}

Estimates estimate(const DocumentCosts& costs, std::size_t families, std::uint64_t seed) {
  std::vector<base::Cluster> clusters;
  std::vector<double> total(families * kSums, 0);
  for (const std::vector<model::FamilyScore>& document : costs) {
    base::Cluster cluster{.stratum = main_family(document), .sums = {}};
    if (document[cluster.stratum].tokens == 0) continue;
    for (const model::FamilyScore& family : document) {
      cluster.sums.insert(cluster.sums.end(), {family.nats, static_cast<double>(family.tokens),
                                               static_cast<double>(family.bytes)});
    }
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += cluster.sums[i];
    clusters.push_back(std::move(cluster));
  }
  std::vector<base::Interval> intervals = base::bootstrap(clusters, statistics, seed);
  if (intervals.empty()) {
    for (const double value : statistics(total)) intervals.push_back({value, value, value});
  }
  Estimates estimates;
  std::size_t next = 0;
  for (const model::FamilyScore& family : scores_of(total)) {
    estimates.families.push_back({family, intervals[next], intervals[next + 1]});
    estimates.overall.sum.add(family);
    next += 2;
  }
  estimates.overall.bits_per_byte = intervals[next];
  estimates.overall.perplexity = intervals[next + 1];
  estimates.mean_bits_per_byte = intervals[next + 2];
  return estimates;
}

DocumentCosts costs_of_documents(const DocumentCosts& costs, std::span<const std::uint32_t> documents) {
  DocumentCosts some;
  for (const std::uint32_t document : documents) some.push_back(costs[document]);
  return some;
}

}  // namespace palimpsest::evaluate
