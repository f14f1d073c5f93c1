#include "common/model/mixture.h"

#include <ATen/ATen.h>

namespace palimpsest::model {

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
  return run_experts(default_expert_path(x_ND.device()), weights.experts, x_ND, state.expert_N) *
         gate_N.unsqueeze(1).to(x_ND.scalar_type());
}

}  // namespace palimpsest::model
