#include "common/model/diffusion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace palimpsest::model {
namespace {

/// Masks the chosen ones, numbers below maskable.length.
void mask_chosen(const RowBatch& batch, std::size_t index, const Maskable& maskable,
                 const std::vector<std::int64_t>& chosen, MaskPlan& plan) {
  const auto k = static_cast<double>(chosen.size());
  plan.mask_ratio[index] = k / static_cast<double>(batch.segments[index].maskable());
  plan.hole[index] = maskable.hole == nullptr ? 0 : maskable.length;
  for (const std::int64_t i : chosen) {
    plan.positions.push_back(maskable.at(i));
    plan.segment.push_back(static_cast<std::int64_t>(index));
    plan.weight.push_back(static_cast<float>(static_cast<double>(maskable.length) / k));
  }
}

void mask_segment(const RowBatch& batch, std::size_t index, double t, const Holes& holes,
                  base::Random& random, MaskPlan& plan) {
  const Maskable maskable = maskable_of(batch, index, holes);
  const auto wanted = static_cast<std::int64_t>(std::ceil(t * static_cast<double>(maskable.length)));
  const std::int64_t k = std::clamp<std::int64_t>(wanted, 1, maskable.length);
  mask_chosen(batch, index, maskable, choose_positions(0, maskable.length, k, random), plan);
}

MaskPlan empty_plan(const RowBatch& batch) {
  MaskPlan plan;
  plan.mask_ratio.resize(batch.segments.size());
  plan.hole.resize(batch.segments.size());
  return plan;
}

}  // namespace

Maskable maskable_of(const RowBatch& batch, std::size_t index, const Holes& holes) {
  const BatchSegment& segment = batch.segments[index];
  if (!holes.empty() && !holes[index].empty())
    return {.length = static_cast<std::int64_t>(holes[index].size()), .hole = &holes[index]};
  return {.begin = batch.flat(segment.row, segment.maskable_begin()), .length = segment.maskable()};
}

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

MaskPlan draw_stratified_masks(const RowBatch& batch, base::Random& random, const Holes& holes) {
  const std::size_t count = batch.segments.size();
  std::vector<std::size_t> stratum(count);
  std::iota(stratum.begin(), stratum.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(stratum[i - 1], stratum[random.below(i)]);

  MaskPlan plan = empty_plan(batch);
  for (std::size_t i = 0; i < count; ++i) {
    const double t = (static_cast<double>(stratum[i]) + random.uniform()) / static_cast<double>(count);
    mask_segment(batch, i, t, holes, random, plan);
  }
  return plan;
}

MaskPlan complement_of(const MaskPlan& plan, const RowBatch& batch, const Holes& holes) {
  MaskPlan complement = empty_plan(batch);
  std::size_t next = 0;  // masked position of the plan
  for (std::size_t s = 0; s < batch.segments.size(); ++s) {
    const Maskable maskable = maskable_of(batch, s, holes);
    std::vector<std::int64_t> visible;
    for (std::int64_t i = 0; i < maskable.length; ++i) {
      if (next < plan.positions.size() && plan.positions[next] == maskable.at(i)) {
        ++next;
      } else {
        visible.push_back(i);
      }
    }
    if (visible.empty()) {
      visible.resize(static_cast<std::size_t>(maskable.length));
      std::iota(visible.begin(), visible.end(), std::int64_t{0});
    }
    mask_chosen(batch, s, maskable, visible, complement);
  }
  return complement;
}

void append_masks(MaskPlan& plan, const MaskPlan& later, std::int64_t segments, std::int64_t positions) {
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(plan.mask_ratio, later.mask_ratio);
  append(plan.hole, later.hole);
  append(plan.weight, later.weight);
  for (const std::int64_t position : later.positions) plan.positions.push_back(position + positions);
  for (const std::int64_t segment : later.segment) plan.segment.push_back(segment + segments);
}

MaskPlan draw_masks_at_ratio(const RowBatch& batch, double ratio, base::Random& random) {
  MaskPlan plan = empty_plan(batch);
  for (std::size_t i = 0; i < batch.segments.size(); ++i) mask_segment(batch, i, ratio, {}, random, plan);
  return plan;
}

}  // namespace palimpsest::model
