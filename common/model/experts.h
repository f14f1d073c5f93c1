// How the experts of a mixture are executed: the same numbers in three ways.
//
// Shape legend: N tokens, E experts, D width, H expert hidden size.
#pragma once

#include <ATen/core/Tensor.h>

namespace palimpsest::model {

enum class ExpertPath {
  kLoop,     ///< one expert after the other on its own tokens; needs the loads on the host
  kPadded,   ///< one batched product, every expert padded to the largest load
  kGrouped,  ///< LibTorch's grouped product over the sorted tokens; no host synchronisation
};

struct ExpertWeights {
  at::Tensor in_E2HD;  ///< SwiGLU up and gate projections, stacked
  at::Tensor out_EDH;
};

/// SwiGLU (arXiv 2002.05202): (silu(x W_gate) * x W_up) W_out, with W_up and W_gate stacked in in_2HD.
at::Tensor swiglu(const at::Tensor& x_ND, const at::Tensor& in_2HD, const at::Tensor& out_DH);

/// Row n is expert expert_N[n] of x_ND[n]. Differentiable in x and the weights.
at::Tensor run_experts(ExpertPath path, const ExpertWeights& weights, const at::Tensor& x_ND,
                       const at::Tensor& expert_N);

/// The fastest by measurement (train/README.md) on a CPU; elsewhere the one that does not wait for the
/// device.
ExpertPath default_expert_path(at::Device device);

}  // namespace palimpsest::model
