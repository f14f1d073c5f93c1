#include "evaluate/infill/length_search.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/error.h"

namespace palimpsest::infill {
namespace {

/// Each at most a half more than the one before, but for the first.
constexpr std::array<std::size_t, 16> kLengths = {1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128};
constexpr double kDraftNats = 0.5;      ///< entropy bound of a draft's step for each token of the hole
constexpr std::size_t kFirstGuess = 4;  ///< of a hole whose turn has not come

/// Drafts of one hole, the others at fixed lengths.
class HoleSearch {
 public:
  HoleSearch(const HoleSampler& sampler, std::size_t hole, const Lengths& others)
      : sampler_(sampler), hole_(hole), others_(others) {
    const InfillOptions& options = sampler.options();
    const std::size_t taken = std::accumulate(others.begin(), others.end(), std::size_t{0}) - others[hole];
    const std::size_t room = most_masked(sampler.context(), options.context_tokens);
    most_ = std::min(options.max_tokens, room - std::min(room, taken));
  }

  Lengths run(LengthSearch& search) {
    Lengths grid(kLengths.begin(), std::upper_bound(kLengths.begin(), kLengths.end(), most_));
    try_all(grid);
    if (!ranks_.empty()) try_all(around_best());
    if (ranks_.empty()) {
      throw base::Error(base::ErrorCode::kUsage, "no fill fits",
                        {.got = "at most " + std::to_string(most_) + " tokens",
                         .hint = "allow more tokens or a longer context"});
    }
    Lengths ranked;
    for (const auto& [length, rank] : ranks_) ranked.push_back(length);
    std::stable_sort(ranked.begin(), ranked.end(), [&](auto a, auto b) { return ranks_[a] < ranks_[b]; });
    search.forwards += forwards_;
    search.best = std::move(best_);
    return ranked;
  }

 private:
  void try_all(const Lengths& tried) {
    std::vector<std::optional<Draw>> drafts(tried.size());
    tbb::parallel_for(std::size_t{0}, tried.size(), [&](std::size_t i) {
      Lengths lengths = others_;
      lengths[hole_] = tried[i];
      const double bound = kDraftNats * static_cast<double>(tried[i]);
      drafts[i] =
          sampler_.draw(lengths, {.kind = model::SamplerKind::kEntropyBounded, .entropy_bound = bound}, true);
    });
    for (std::size_t i = 0; i < tried.size(); ++i) {
      if (!drafts[i]) continue;
      const CandidateRank rank = rank_of(drafts[i]->candidate);
      ranks_[tried[i]] = rank;
      forwards_ += drafts[i]->forwards;
      if (is_utf8(drafts[i]->candidate) && (!best_ || rank < rank_of(best_->candidate)))
        best_ = std::move(drafts[i]);
    }
  }

  /// Lengths between the best of the grid and those beside it.
  Lengths around_best() const {
    const std::size_t best = std::min_element(ranks_.begin(), ranks_.end(), [](const auto& a, const auto& b) {
                               return a.second < b.second;
                             })->first;
    const auto place = std::lower_bound(kLengths.begin(), kLengths.end(), best);
    const std::size_t from = place == kLengths.begin() ? best : *std::prev(place) + 1;
    const std::size_t to = std::next(place) == kLengths.end() ? best : std::min(most_, *std::next(place) - 1);
    Lengths lengths;
    for (std::size_t length = from; length <= to; ++length) {
      if (length != best) lengths.push_back(length);
    }
    return lengths;
  }

  const HoleSampler& sampler_;
  std::size_t hole_;
  const Lengths& others_;
  std::size_t most_ = 0;
  std::map<std::size_t, CandidateRank> ranks_;  ///< by length
  std::int64_t forwards_ = 0;
  std::optional<Draw> best_;
};

}  // namespace

LengthSearch search_lengths(const HoleSampler& sampler) {
  const std::size_t holes = sampler.context().edges.size();
  const std::size_t fixed = sampler.options().tokens;
  if (fixed > 0) return {.ranked = std::vector<Lengths>(holes, Lengths{fixed})};
  LengthSearch search;
  Lengths best(holes, kFirstGuess);
  for (std::size_t hole = 0; hole < holes; ++hole) {
    search.ranked.push_back(HoleSearch(sampler, hole, best).run(search));
    best[hole] = search.ranked.back().front();
  }
  return search;
}

}  // namespace palimpsest::infill
