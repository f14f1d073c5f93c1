#include "common/model/experts.h"

#include <vector>

#include <ATen/ATen.h>

#include "common/model/fused_layers.h"
#include "common/model/precision.h"

namespace palimpsest::model {
namespace {

/// Tokens in the order of their experts.
struct Sorted {
  at::Tensor order_N;  ///< which token is at each place
  at::Tensor load_E;   ///< tokens of each expert
};

Sorted sort_by_expert(const at::Tensor& expert_N, std::int64_t experts) {
  return {at::argsort(expert_N, /*stable=*/true, /*dim=*/0), at::bincount(expert_N, {}, experts)};
}

at::Tensor unsort(const Sorted& sorted, const at::Tensor& y_ND) {
  return at::zeros_like(y_ND).index_copy(0, sorted.order_N, y_ND);
}

at::Tensor run_loop(const ExpertWeights& weights, const at::Tensor& x_ND, const at::Tensor& expert_N) {
  const Sorted sorted = sort_by_expert(expert_N, weights.in_E2HD.size(0));
  const at::Tensor load_E = sorted.load_E.to(at::kCPU);
  // split and unbind: their backward pass joins gradients, where that of narrow and select adds zeros.
  const std::vector<at::Tensor> parts = x_ND.index_select(0, sorted.order_N)
                                            .split_with_sizes({load_E.const_data_ptr<std::int64_t>(),
                                                               static_cast<std::size_t>(load_E.numel())});
  const std::vector<at::Tensor> in = weights.in_E2HD.unbind();
  const std::vector<at::Tensor> out = weights.out_EDH.unbind();
  std::vector<at::Tensor> outputs;
  for (std::size_t e = 0; e < parts.size(); ++e) {
    if (parts[e].size(0) > 0) outputs.push_back(swiglu(parts[e], in[e], out[e]));
  }
  return unsort(sorted, at::cat(outputs));
}

at::Tensor run_padded(const ExpertWeights& weights, const at::Tensor& x_ND, const at::Tensor& expert_N) {
  const std::int64_t experts = weights.in_E2HD.size(0);
  const Sorted sorted = sort_by_expert(expert_N, experts);
  const std::int64_t capacity = sorted.load_E.max().item<std::int64_t>();
  const at::Tensor begin_E = sorted.load_E.cumsum(0) - sorted.load_E;
  const at::Tensor sorted_expert_N = expert_N.index_select(0, sorted.order_N);
  const at::Tensor place_N = at::arange(expert_N.size(0), expert_N.options()) -
                             begin_E.index_select(0, sorted_expert_N) + sorted_expert_N * capacity;
  const at::Tensor padded_ECD = at::zeros({experts * capacity, x_ND.size(1)}, x_ND.options())
                                    .index_copy(0, place_N, x_ND.index_select(0, sorted.order_N))
                                    .view({experts, capacity, x_ND.size(1)});
  const at::Tensor hidden_ECH = silu_gate(at::bmm(padded_ECD, weights.in_E2HD.transpose(1, 2)));
  const at::Tensor out_ECD = at::bmm(hidden_ECH, weights.out_EDH.transpose(1, 2));
  return unsort(sorted, out_ECD.flatten(0, 1).index_select(0, place_N));
}

at::Tensor run_grouped(const ExpertWeights& weights, const at::Tensor& x_ND, const at::Tensor& expert_N) {
  const Sorted sorted = sort_by_expert(expert_N, weights.in_E2HD.size(0));
  const at::Tensor end_E = sorted.load_E.cumsum(0).to(at::kInt);
  // Autocast does not know this product.
  const at::ScalarType type = product_type(x_ND.device());
  const at::Tensor x_sorted_ND = x_ND.index_select(0, sorted.order_N).to(type);
  const at::Tensor hidden_NH =
      silu_gate(at::_grouped_mm(x_sorted_ND, weights.in_E2HD.to(type).transpose(1, 2), end_E));
  return unsort(sorted, at::_grouped_mm(hidden_NH, weights.out_EDH.to(type).transpose(1, 2), end_E));
}

}  // namespace

at::Tensor swiglu(const at::Tensor& x_ND, const at::Tensor& in_2HD, const at::Tensor& out_DH) {
  return at::linear(silu_gate(at::linear(x_ND, in_2HD)), out_DH);
}

at::Tensor run_experts(ExpertPath path, const ExpertWeights& weights, const at::Tensor& x_ND,
                       const at::Tensor& expert_N) {
  switch (path) {
    case ExpertPath::kPadded:
      return run_padded(weights, x_ND, expert_N);
    case ExpertPath::kGrouped:
      return run_grouped(weights, x_ND, expert_N);
    case ExpertPath::kLoop:
      break;
  }
  return run_loop(weights, x_ND, expert_N);
}

ExpertPath default_expert_path(at::Device device) {
  return device.is_cpu() ? ExpertPath::kLoop : ExpertPath::kGrouped;
}

}  // namespace palimpsest::model
