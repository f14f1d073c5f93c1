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

/// The gate's probability column for each unit.
at::Tensor gate_of(const at::Tensor& probs_UE, const at::Tensor& served_U, const at::Tensor& choice_U,
                   ForcedGate forced_gate) {
  const at::Tensor& column_U = forced_gate == ForcedGate::kOwn ? served_U : choice_U;
  return probs_UE.gather(1, column_U.unsqueeze(1)).squeeze(1);
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
  state.choice_U = state.logits_UE.argmax(-1);

  const at::Tensor forced_U = by_segment ? input.forced_S : input.forced_S.index_select(0, input.segment_N);
  const at::Tensor served_U = at::where(forced_U == kRouterChooses, state.choice_U, forced_U);
  const at::Tensor gate_U = gate_of(state.probs_UE, served_U, state.choice_U, input.forced_gate);
  state.expert_N = by_segment ? served_U.index_select(0, input.segment_N) : served_U;
  const at::Tensor gate_N = by_segment ? gate_U.index_select(0, input.segment_N) : gate_U;
  return run_experts(weights, x_ND, state.expert_N) * gate_N.unsqueeze(1).to(x_ND.scalar_type());
}

}  // namespace palimpsest::model
