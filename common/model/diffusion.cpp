#include "common/model/diffusion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace palimpsest::model {
namespace {

void mask_segment(const RowBatch& batch, std::size_t index, double t, base::Random& random, MaskPlan& plan) {
  const BatchSegment& segment = batch.segments[index];
  const std::int64_t length = segment.maskable();
  const auto wanted = static_cast<std::int64_t>(std::ceil(t * static_cast<double>(length)));
  const std::int64_t k = std::clamp<std::int64_t>(wanted, 1, length);
  const auto weight = static_cast<float>(static_cast<double>(length) / static_cast<double>(k));
  plan.mask_ratio[index] = static_cast<double>(k) / static_cast<double>(length);
  const std::int64_t begin = batch.flat(segment.row, segment.maskable_begin());
  for (const std::int64_t position : choose_positions(begin, begin + length, k, random)) {
    plan.positions.push_back(position);
    plan.segment.push_back(static_cast<std::int64_t>(index));
    plan.weight.push_back(weight);
  }
}

}  // namespace

std::vector<std::int64_t> choose_positions(std::int64_t begin, std::int64_t end, std::int64_t k,
                                           base::Random& random) {
  std::vector<std::int64_t> chosen;
  chosen.reserve(static_cast<std::size_t>(k));
  std::int64_t needed = k;
  for (std::int64_t position = begin; position < end && needed > 0; ++position) {
    if (random.below(static_cast<std::uint64_t>(end - position)) >= static_cast<std::uint64_t>(needed))
      continue;
    chosen.push_back(position);
    --needed;
  }
  return chosen;
}

MaskPlan draw_stratified_masks(const RowBatch& batch, base::Random& random) {
  const std::size_t count = batch.segments.size();
  std::vector<std::size_t> stratum(count);
  std::iota(stratum.begin(), stratum.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(stratum[i - 1], stratum[random.below(i)]);

  MaskPlan plan;
  plan.mask_ratio.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double t = (static_cast<double>(stratum[i]) + random.uniform()) / static_cast<double>(count);
    mask_segment(batch, i, t, random, plan);
  }
  return plan;
}

MaskPlan draw_masks_at_ratio(const RowBatch& batch, double ratio, base::Random& random) {
  MaskPlan plan;
  plan.mask_ratio.resize(batch.segments.size());
  for (std::size_t i = 0; i < batch.segments.size(); ++i) mask_segment(batch, i, ratio, random, plan);
  return plan;
}

}  // namespace palimpsest::model
