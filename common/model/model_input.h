// What the transformer reads: a masked batch as tensors.
//
// Shape legend: B rows, T tokens a row, S segments, N tokens that are not padding, M masked positions.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "common/model/diffusion.h"
#include "common/model/row_batch.h"

namespace palimpsest::model {

/// In `forced`: let the router choose.
inline constexpr std::int64_t kRouterChooses = -1;

struct ModelInput {
  at::Tensor ids_BT;       ///< int64; masked positions hold kMaskId
  at::Tensor position_BT;  ///< int64; counts from the start of the segment
  at::Tensor segment_BT;   ///< int64; segment of the batch, -1 on padding
  at::Tensor token_N;      ///< int64; flat positions that are not padding, ascending
  at::Tensor segment_N;    ///< int64; their segments
  at::Tensor
      mean_weight_N;    ///< float; weight of each token in its segment's mean of router logits: 1 / visible
                        ///< tokens of the segment, 0 where masked; 1 / length when nothing is visible
  at::Tensor forced_S;  ///< int64; expert of each segment, or kRouterChooses
  std::vector<std::uint64_t> jitter_seed_B;  ///< one a row, or empty: no jitter
  at::Tensor predict_M;                      ///< int64; flat positions whose logits are wanted
  std::int64_t segments = 0;

  /// `forced` is empty (the router always chooses) or has one entry a segment.
  static ModelInput from(const RowBatch& batch, const MaskPlan& masks,
                         const std::vector<std::int64_t>& forced, at::Device device);
};

/// A one-dimensional int64 tensor that owns a copy of `values`.
at::Tensor to_tensor(const std::vector<std::int64_t>& values, at::Device device);
at::Tensor to_tensor(const std::vector<float>& values, at::Device device);

}  // namespace palimpsest::model
