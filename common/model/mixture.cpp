#include "common/model/mixture.h"

#include <vector>

#include <ATen/ATen.h>

namespace palimpsest::model {
namespace {

/// Runs each expert on its own tokens: sorted by expert, one contiguous slice each.
at::Tensor run_experts(const MixtureWeights& weights, const at::Tensor& x_ND, const at::Tensor& expert_N) {
  const std::int64_t experts = weights.router_ED.size(0);
  const at::Tensor order_N = at::argsort(expert_N, /*stable=*/true, /*dim=*/0);
  const at::Tensor load_E = at::bincount(expert_N, {}, experts).to(at::kCPU);
  const at::Tensor sorted_ND = x_ND.index_select(0, order_N);
  std::vector<at::Tensor> outputs;
  std::int64_t begin = 0;
  for (std::int64_t e = 0; e < experts; ++e) {
    const std::int64_t load = load_E.const_data_ptr<std::int64_t>()[e];
    if (load == 0) continue;
    outputs.push_back(swiglu(sorted_ND.narrow(0, begin, load), weights.in_E2HD[e], weights.out_EDH[e]));
    begin += load;
  }
  return at::zeros_like(x_ND).index_copy(0, order_N, at::cat(outputs));
}

}  // namespace

at::Tensor swiglu(const at::Tensor& x_ND, const at::Tensor& in_2HD, const at::Tensor& out_DH) {
  const std::vector<at::Tensor> halves = at::linear(x_ND, in_2HD).chunk(2, -1);
  return at::linear(at::silu(halves[1]) * halves[0], out_DH);
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
