#include "common/model/mixture.h"

#include <vector>

#include <ATen/ATen.h>

#include "common/model/fused_layers.h"

namespace palimpsest::model {
namespace {

/// Runs each expert on its own tokens: sorted by expert, one contiguous slice each.
at::Tensor run_experts(const MixtureWeights& weights, const at::Tensor& x_ND, const at::Tensor& expert_N) {
  const std::int64_t experts = weights.router_ED.size(0);
  const at::Tensor order_N = at::argsort(expert_N, /*stable=*/true, /*dim=*/0);
  const at::Tensor load_E = at::bincount(expert_N, {}, experts).to(at::kCPU);
  const std::int64_t* load = load_E.const_data_ptr<std::int64_t>();
  // split and unbind: their backward pass joins gradients, where that of narrow and select adds zeros.
  const std::vector<at::Tensor> parts =
      x_ND.index_select(0, order_N).split_with_sizes(at::IntArrayRef(load, experts));
  const std::vector<at::Tensor> in = weights.in_E2HD.unbind();
  const std::vector<at::Tensor> out = weights.out_EDH.unbind();
  std::vector<at::Tensor> outputs;
  for (std::size_t e = 0; e < parts.size(); ++e) {
    if (parts[e].size(0) > 0) outputs.push_back(swiglu(parts[e], in[e], out[e]));
  }
  return at::zeros_like(x_ND).index_copy(0, order_N, at::cat(outputs));
}

}  // namespace

at::Tensor swiglu(const at::Tensor& x_ND, const at::Tensor& in_2HD, const at::Tensor& out_DH) {
  return at::linear(silu_gate(at::linear(x_ND, in_2HD)), out_DH);
}

at::Tensor mixture_forward(const MixtureWeights& weights, RouterMode mode, const at::Tensor& x_ND,
                           const ModelInput& input, RouterState& state) {
  const std::int64_t experts = weights.router_ED.size(0);
  const at::Tensor logits_NE = at::linear(x_ND.to(at::kFloat), weights.router_ED);
  state.mean_logits_SE = at::zeros({input.segments, experts}, logits_NE.options())
                             .index_add(0, input.segment_N, logits_NE * input.mean_weight_N.unsqueeze(1));
  const bool by_segment = mode == RouterMode::kSegment;
  state.logits_UE = by_segment ? state.mean_logits_SE : logits_NE;
  state.probs_UE = at::softmax(state.logits_UE, -1);
  const auto [gate_U, choice_U] = state.probs_UE.max(-1);
  state.choice_U = choice_U;
  const auto by_token = [&](const at::Tensor& value_U) {
    return by_segment ? value_U.index_select(0, input.segment_N) : value_U;
  };
  state.choice_N = by_token(choice_U);
  const at::Tensor forced_N = input.forced_S.index_select(0, input.segment_N);
  state.expert_N = at::where(forced_N == kRouterChooses, state.choice_N, forced_N);
  const at::Tensor gate_N = by_token(gate_U);
  return run_experts(weights, x_ND, state.expert_N) * gate_N.unsqueeze(1).to(x_ND.scalar_type());
}

}  // namespace palimpsest::model
