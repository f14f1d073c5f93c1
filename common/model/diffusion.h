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
  std::vector<double> mask_ratio;       ///< per segment: k / L
  std::vector<std::int64_t> positions;  ///< flat positions that are masked, ascending within each segment
  std::vector<std::int64_t> segment;    ///< per masked position: its segment
  std::vector<float> weight;            ///< per masked position: L / k
};

/// k of each segment stratified over the batch: segment i gets k = ceil(t L), t = (pi(i) + u_i) / S with pi a
/// random permutation of the S segments and u_i uniform in [0, 1).
MaskPlan draw_stratified_masks(const RowBatch& batch, base::Random& random);

/// The same with k = max(1, ceil(ratio L)) for every segment.
MaskPlan draw_masks_at_ratio(const RowBatch& batch, double ratio, base::Random& random);

/// k uniformly chosen of begin..end-1, ascending (Vitter's algorithm S).
std::vector<std::int64_t> choose_positions(std::int64_t begin, std::int64_t end, std::int64_t k,
                                           base::Random& random);

}  // namespace palimpsest::model
