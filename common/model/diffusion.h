// The forward process of masked diffusion: which positions of a batch are hidden, and what each weighs in the
// loss.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/random.h"
#include "common/model/row_batch.h"

namespace palimpsest::model {

/// Masks for a batch. For a segment of L maskable positions exactly k of them, chosen uniformly, are masked.
/// With k uniform on 1..L, sum over masked positions of (L / k) * cross entropy is an unbiased estimate of
/// the segment's NELBO in nats: the any-order autoregressive bound (arXiv 2110.02037, eq. 5; 2406.03736, eq.
/// 10) without the singularity at t -> 0 of the continuous-time form.
struct MaskPlan {
  std::vector<double> mask_ratio;       ///< per segment: masked tokens / L
  std::vector<std::int64_t> positions;  ///< flat positions that are masked, ascending within each segment
  std::vector<std::int64_t> segment;    ///< per masked position: its segment
  std::vector<float> weight;            ///< per masked position: L / k
  std::vector<std::int64_t> hole;       ///< per segment: tokens of the hole that alone was masked, 0 =
                                        ///< no hole; empty = no holes
  bool has_hole(std::size_t index) const { return !hole.empty() && hole[index] > 0; }
};

/// Flat positions by segment, ascending; where a segment has some, only those can be masked. Then L counts
/// them alone, and the estimate is of the hole's NELBO given the rest: no bound of the segment's likelihood.
using Holes = std::vector<std::vector<std::int64_t>>;

/// What of a segment may be masked: its hole, or all behind its header.
struct Maskable {
  std::int64_t begin = 0;                           ///< flat; of a segment without a hole
  std::int64_t length = 0;                          ///< L
  const std::vector<std::int64_t>* hole = nullptr;  ///< its positions

  std::int64_t at(std::int64_t i) const {
    return hole == nullptr ? begin + i : (*hole)[static_cast<std::size_t>(i)];
  }
};

/// The result points into `holes`.
Maskable maskable_of(const RowBatch& batch, std::size_t index, const Holes& holes);

/// k of each segment stratified over the batch: segment i gets k = ceil(t L), t = (pi(i) + u_i) / S with pi a
/// random permutation of the S segments and u_i uniform in [0, 1). `holes` is empty or has one entry a
/// segment.
MaskPlan draw_stratified_masks(const RowBatch& batch, base::Random& random, const Holes& holes = {});

/// Masks exactly what `plan` leaves visible, so that both together have every position in a loss once. Where
/// everything was masked it is masked again: k of the complement is uniform on 1..L too, so unbiased.
MaskPlan complement_of(const MaskPlan& plan, const RowBatch& batch, const Holes& holes = {});

/// The masks of `later`, whose batch was appended to a batch of `segments` segments and `positions`
/// positions.
void append_masks(MaskPlan& plan, const MaskPlan& later, std::int64_t segments, std::int64_t positions);

/// The same with k = max(1, ceil(ratio L)) for every segment.
MaskPlan draw_masks_at_ratio(const RowBatch& batch, double ratio, base::Random& random);

/// k uniformly chosen of begin..end-1, ascending (Vitter's algorithm S).
std::vector<std::int64_t> choose_positions(std::int64_t begin, std::int64_t end, std::int64_t k,
                                           base::Random& random);

}  // namespace palimpsest::model
