// Layers whose backward pass is written out, because the composed formula reads and writes memory twice as
// often. Plain tensor operations, so any device.
#pragma once

#include <ATen/core/Tensor.h>

namespace palimpsest::model {

/// x / sqrt(mean(x^2) + 1e-6) * scale over the last dimension (arXiv 1910.07467). scale is [last dimension].
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& scale);

/// silu(gate) * up of hidden = [up, gate] along the last dimension: the activation of SwiGLU (arXiv
/// 2002.05202).
at::Tensor silu_gate(const at::Tensor& hidden);

}  // namespace palimpsest::model
