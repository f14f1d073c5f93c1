#include "common/model/mixture.h"

#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "common/base/random.h"
#include "common/model/precision.h"

namespace palimpsest::model {
namespace {

/// Multiplicative noise on the router's input, uniform in 1 +- jitter (Switch, arXiv 2101.03961,
/// section 2.2). A row's noise depends on its own seed alone, not on the micro-batch it is in.
at::Tensor jittered(const at::Tensor& x_ND, const ModelConfig& config, std::int64_t layer,
                    const ModelInput& input) {
  std::vector<at::Tensor> noise;
  for (const std::uint64_t seed : input.jitter_seed_B) {
    base::Random stream{seed, static_cast<std::uint64_t>(layer)};
    at::Generator generator = at::detail::createCPUGenerator(stream.next());
    noise.push_back(at::rand({input.ids_BT.size(1), x_ND.size(1)}, generator, at::kFloat));
  }
  const at::Tensor noise_ND = at::cat(noise).to(x_ND.device()).index_select(0, input.token_N);
  return x_ND * (1 - config.router_jitter + 2 * config.router_jitter * noise_ND);
}

/// logits, mean logits and probabilities of the units.
void score_units(const MixtureWeights& weights, const ModelConfig& config, const at::Tensor& x_ND,
                 const ModelInput& input, const at::Tensor& kept_logits_UE, RouterState& state) {
  const ProductPrecision products(Precision::kFloat32, x_ND.device());
  const at::Tensor logits_NE = at::linear(x_ND, weights.router_ED);
  state.mean_logits_SE = at::zeros({input.segments, weights.router_ED.size(0)}, logits_NE.options())
                             .index_add(0, input.segment_N, logits_NE * input.mean_weight_N.unsqueeze(1));
  state.logits_UE = config.router == RouterMode::kSegment ? state.mean_logits_SE : logits_NE;
  if (kept_logits_UE.defined()) state.logits_UE = kept_logits_UE;
  state.probs_UE = at::softmax(state.logits_UE, -1);
}

}  // namespace

at::Tensor mixture_forward(const MixtureWeights& weights, const ModelConfig& config, std::int64_t layer,
                           const at::Tensor& x_ND, const ModelInput& input, RouterState& state,
                           const at::Tensor& kept_logits_UE) {
  const bool jitter = config.router_jitter > 0 && !input.jitter_seed_B.empty();
  score_units(weights, config, jitter ? jittered(x_ND, config, layer, input) : x_ND, input, kept_logits_UE,
              state);
  const at::Tensor score_UE =
      weights.router_bias_E.defined() ? state.probs_UE.detach() + weights.router_bias_E : state.probs_UE;
  state.choices_UK = std::get<1>(score_UE.topk(config.top_k, -1));
  const at::Tensor gate_UK = state.probs_UE.gather(1, state.choices_UK);
  const auto by_token = [&](const at::Tensor& value_UK) {
    return config.router == RouterMode::kSegment ? value_UK.index_select(0, input.segment_N) : value_UK;
  };
  const at::Tensor choices_NK = by_token(state.choices_UK);
  state.choice_N = choices_NK.select(1, 0);

  const at::Tensor forced_N1 = input.forced_S.index_select(0, input.segment_N).unsqueeze(1);
  const at::Tensor is_forced_N1 = forced_N1 != kRouterChooses;
  const at::Tensor expert_NK = at::where(is_forced_N1, forced_N1, choices_NK);
  at::Tensor gate_NK = by_token(gate_UK).to(x_ND.scalar_type());
  if (config.top_k > 1) {  // the forced expert serves once
    const at::Tensor later_K = at::arange(config.top_k, forced_N1.options()) > 0;
    gate_NK = gate_NK.masked_fill(is_forced_N1.logical_and(later_K), 0);
  }
  state.expert_N = expert_NK.select(1, 0);

  const std::int64_t width = x_ND.size(1);
  const at::Tensor repeated = x_ND.unsqueeze(1).expand({-1, config.top_k, width}).reshape({-1, width});
  const at::Tensor served =
      run_experts(default_expert_path(x_ND.device()), weights.experts, repeated, expert_NK.reshape({-1}));
  const at::Tensor mixed_ND = (served.view({-1, config.top_k, width}) * gate_NK.unsqueeze(2)).sum(1);
  if (!weights.shared_in_2HD.defined()) return mixed_ND;
  return mixed_ND + swiglu(x_ND, weights.shared_in_2HD, weights.shared_out_DH);
}

}  // namespace palimpsest::model
