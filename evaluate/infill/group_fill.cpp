#include "evaluate/infill/group_fill.h"

#include <algorithm>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "evaluate/infill/length_search.h"

namespace palimpsest::infill {
namespace {

constexpr double kRedrawTemperature = 0.7;  ///< when the most probable fill is there already

struct Plan {
  Lengths lengths;
  model::SamplerOptions sampler;
};

/// All holes at their best length, then one hole at a time at its next best; when those are used up, drawn
/// with another seed. Twice as many as candidates, because fills may be equal.
std::vector<Plan> make_plans(const std::vector<Lengths>& ranked, const InfillOptions& options) {
  std::vector<Plan> plans;
  for (std::size_t n = 0; n < 2 * options.candidates; ++n) {
    Plan plan{.sampler = options.sampler};
    for (const Lengths& of_hole : ranked) plan.lengths.push_back(of_hole.front());
    const std::size_t hole = (n + ranked.size() - 1) % ranked.size();
    const std::size_t rank = n == 0 ? 0 : (n - 1) / ranked.size() + 1;
    if (rank < ranked[hole].size()) plan.lengths[hole] = ranked[hole][rank];
    plan.sampler.seed ^= base::mix64(n);
    const bool again = std::any_of(plans.begin(), plans.end(),
                                   [&](const Plan& earlier) { return earlier.lengths == plan.lengths; });
    if (again && plan.sampler.temperature == 0) plan.sampler.temperature = kRedrawTemperature;
    plans.push_back(std::move(plan));
  }
  return plans;
}

bool same_text(const InfillCandidate& a, const InfillCandidate& b) {
  return std::equal(a.fills.begin(), a.fills.end(), b.fills.begin(),
                    [](const HoleFill& x, const HoleFill& y) { return x.text == y.text; });
}

/// Whether a draft has text or parses where no candidate does.
bool is_sounder(const InfillCandidate& draft, const std::vector<InfillCandidate>& candidates) {
  const auto flaws = [](const InfillCandidate& c) { return std::pair(c.blank_fills, c.syntax_errors); };
  return std::all_of(candidates.begin(), candidates.end(),
                     [&](const InfillCandidate& candidate) { return flaws(draft) < flaws(candidate); });
}

void take(const std::vector<Draw>& draws, InfillResult& result) {
  for (const Draw& draw : draws) {
    result.forwards += draw.forwards;
    if (result.expert_probs.empty()) result.expert_probs = draw.expert_probs;
    const bool known = std::any_of(result.candidates.begin(), result.candidates.end(),
                                   [&](const auto& other) { return same_text(other, draw.candidate); });
    if (!known) result.candidates.push_back(draw.candidate);
  }
}

}  // namespace

InfillResult fill_group(const HoleSampler& sampler, const model::SamplingWatcher& watcher) {
  const InfillOptions& options = sampler.options();
  const LengthSearch search = search_lengths(sampler);
  const std::vector<Plan> plans = make_plans(search.ranked, options);
  InfillResult result{.forwards = search.forwards};
  for (std::size_t next = 0; next < plans.size() && result.candidates.size() < options.candidates;) {
    const std::size_t count = options.candidates - result.candidates.size();
    std::vector<Draw> draws(std::min(count, plans.size() - next));
    const auto draw = [&](std::size_t i) {
      const Plan& plan = plans[next + i];
      std::optional<Draw> drawn = sampler.draw(plan.lengths, plan.sampler, false, watcher);
      if (!drawn) {
        throw base::Error(
            base::ErrorCode::kUsage, "no fill has so few tokens",
            {.got = std::to_string(options.tokens), .hint = "the tokens at both edges of the hole count"});
      }
      draws[i] = *std::move(drawn);
    };
    if (watcher) {
      for (std::size_t i = 0; i < draws.size(); ++i) draw(i);
    } else {
      tbb::parallel_for(std::size_t{0}, draws.size(), draw);
    }
    take(draws, result);
    next += draws.size();
  }
  if (search.best && is_sounder(search.best->candidate, result.candidates)) {
    result.candidates.back() = search.best->candidate;
  }
  std::stable_sort(result.candidates.begin(), result.candidates.end(),
                   [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });
  return result;
}

}  // namespace palimpsest::infill
