// Cross entropy of a large vocabulary without its logits in memory.
//
// Shape legend: M predicted positions, D width, V vocabulary.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/model/precision.h"

namespace palimpsest::model {

struct CrossEntropy {
  at::Tensor nats_M;  ///< -log softmax(hidden weight^T + bias)[target]; carries no gradient
  at::Tensor sum;     ///< sum of coefficient_M * nats_M; differentiable
};

/// Logits exist for a slice of positions at a time, so memory does not grow with M * V, and the slice is
/// still in the cache when its gradient is made: in grad mode gradients are computed together with the value,
/// as in Liger (arXiv 2410.10989, section 3.2) and Cut Cross-Entropy (2411.09009). target_M: int64 columns.
/// hidden_MD, weight_VD and bias_V are float32; `precision` is that of the products of the first two.
CrossEntropy sliced_cross_entropy(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                  const at::Tensor& bias_V, const at::Tensor& target_M,
                                  const at::Tensor& coefficient_M, Precision precision = Precision::kFloat32);

}  // namespace palimpsest::model
