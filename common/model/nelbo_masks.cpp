#include "common/model/nelbo_masks.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace palimpsest::model {
namespace {

constexpr std::uint64_t kNelboStream = 0x6e656c626f;  // "nelbo"

/// What the noise of h(k) has beside the part that falls with 1 / k, as a share of it at k = 1; an estimate.
constexpr double kNoiseFloor = 0.05;

/// The sizes that a pair's smaller mask may have, 0 .. L/2.
struct Sizes {
  std::vector<double> share;       ///< q_k, sums to 1
  std::vector<double> multiplier;  ///< a_k / (P q_k)
  std::vector<double> token_mean;  ///< by pair: mean of what a token weighs in it
};

Sizes sizes_of(std::int64_t length, std::int64_t pairs) {
  Sizes sizes;
  for (std::int64_t k = 0; 2 * k <= length; ++k) {
    const double noise = std::sqrt(1 / static_cast<double>(std::max<std::int64_t>(1, k)) + kNoiseFloor);
    sizes.share.push_back(2 * k == length ? noise / 2 : noise);
  }
  const double sum = std::accumulate(sizes.share.begin(), sizes.share.end(), 0.0);
  sizes.token_mean.assign(static_cast<std::size_t>(pairs), 0);
  double before = 0;
  for (std::size_t k = 0; k < sizes.share.size(); ++k) {
    sizes.share[k] /= sum;
    const double levels = 2 * static_cast<std::int64_t>(k) == length ? 0.5 : 1;
    sizes.multiplier.push_back(levels / (static_cast<double>(pairs) * sizes.share[k]));
    const double masks = k == 0 ? 1 : 2;  // that are not empty
    for (std::size_t j = 0; j < sizes.token_mean.size(); ++j) {
      const double low = std::max(before, static_cast<double>(j) / static_cast<double>(pairs));
      const double high =
          std::min(before + sizes.share[k], static_cast<double>(j + 1) / static_cast<double>(pairs));
      const double chance = std::max(0.0, high - low) * static_cast<double>(pairs);
      sizes.token_mean[j] += chance * sizes.multiplier[k] * masks / static_cast<double>(length);
    }
    before += sizes.share[k];
  }
  return sizes;
}

/// The k at which the distribution function of q passes v.
std::size_t size_at(const Sizes& sizes, double v) {
  std::size_t k = 0;
  double below = sizes.share[0];
  while (v >= below && k + 1 < sizes.share.size()) below += sizes.share[++k];
  return k;
}

struct PairMasks {
  std::vector<char> in_first;  ///< by token: masked in the first plan of the pair, else in the second
  std::vector<double> weight;  ///< by token, in the plan that masks it
};

/// Weights without control variate.
PairMasks draw_pair(const Sizes& sizes, std::int64_t length, double v, base::Random& random) {
  const std::size_t k = size_at(sizes, v);
  const auto size = static_cast<std::size_t>(length);
  PairMasks pair{std::vector<char>(size, 0),
                 std::vector<double>(size, sizes.multiplier[k] / static_cast<double>(size - k))};
  for (const std::int64_t i : choose_positions(0, length, static_cast<std::int64_t>(k), random)) {
    pair.in_first[static_cast<std::size_t>(i)] = 1;
    pair.weight[static_cast<std::size_t>(i)] = sizes.multiplier[k] / static_cast<double>(k);
  }
  return pair;
}

/// Takes the excess of each pair's weights over their mean off the weights in the others.
void share_excess(const Sizes& sizes, std::vector<PairMasks>& pairs) {
  const auto others = static_cast<double>(pairs.size() - 1);
  for (std::size_t i = 0; i < pairs.front().weight.size(); ++i) {
    double all = 0;
    for (std::size_t j = 0; j < pairs.size(); ++j) all += pairs[j].weight[i] - sizes.token_mean[j];
    for (std::size_t j = 0; j < pairs.size(); ++j) {
      const double own = pairs[j].weight[i] - sizes.token_mean[j];
      pairs[j].weight[i] -= (all - own) / others;
    }
  }
}

/// Uniform on [0, 1) for every segment; one a pair.
class Offsets {
 public:
  explicit Offsets(const NelboDraw& draw) : first_segment_(draw.first_segment) {
    double root = 2;  // of x^(P + 1) = x + 1
    for (int i = 0; i < 64; ++i) root = std::pow(1 + root, 1 / static_cast<double>(draw.pairs + 1));
    base::Random random{kNelboStream, draw.seed};
    for (std::int64_t j = 0; j < draw.pairs; ++j) {
      start_.push_back(random.uniform());
      step_.push_back(std::pow(root, -static_cast<double>(j + 1)));
    }
  }

  double at(std::size_t pair, std::size_t segment) const {
    const double turned = start_[pair] + static_cast<double>(first_segment_ + segment) * step_[pair];
    return turned - std::floor(turned);
  }

 private:
  std::uint64_t first_segment_;
  std::vector<double> start_;
  std::vector<double> step_;
};

void add_to_plan(const RowBatch& batch, std::size_t segment, const Maskable& maskable, const PairMasks& pair,
                 bool first, MaskPlan& plan) {
  std::int64_t masked = 0;
  for (std::int64_t i = 0; i < maskable.length; ++i) {
    const auto token = static_cast<std::size_t>(i);
    if ((pair.in_first[token] != 0) != first) continue;
    plan.positions.push_back(maskable.at(i));
    plan.segment.push_back(static_cast<std::int64_t>(segment));
    plan.weight.push_back(static_cast<float>(pair.weight[token]));
    ++masked;
  }
  plan.mask_ratio.push_back(static_cast<double>(masked) /
                            static_cast<double>(batch.segments[segment].maskable()));
  plan.hole.push_back(maskable.hole == nullptr ? 0 : maskable.length);
}

}  // namespace

double nelbo_levels(std::int64_t masked, std::int64_t length, std::int64_t pairs) {
  return sizes_of(length, pairs).multiplier[static_cast<std::size_t>(std::min(masked, length - masked))];
}

std::vector<MaskPlan> draw_nelbo_masks(const RowBatch& batch, const NelboDraw& draw, const Holes& holes) {
  const Offsets offsets(draw);
  std::vector<MaskPlan> plans(2 * static_cast<std::size_t>(draw.pairs));
  for (std::size_t s = 0; s < batch.segments.size(); ++s) {
    base::Random random{kNelboStream, draw.seed, draw.first_segment + s};
    const Maskable maskable = maskable_of(batch, s, holes);
    const Sizes sizes = sizes_of(maskable.length, draw.pairs);
    std::vector<PairMasks> pairs;
    for (std::size_t j = 0; j < plans.size() / 2; ++j) {
      const double v = (static_cast<double>(j) + offsets.at(j, s)) / static_cast<double>(draw.pairs);
      pairs.push_back(draw_pair(sizes, maskable.length, v, random));
    }
    share_excess(sizes, pairs);
    for (std::size_t plan = 0; plan < plans.size(); ++plan)
      add_to_plan(batch, s, maskable, pairs[plan / 2], plan % 2 == 0, plans[plan]);
  }
  return plans;
}

}  // namespace palimpsest::model
