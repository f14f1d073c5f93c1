#include "common/model/routing_losses.h"

#include <ATen/ATen.h>

namespace palimpsest::model {

at::Tensor top_choices(const RouterState& state) {
  return at::bincount(state.choices_UK.reshape({-1}), {}, state.probs_UE.size(1));
}

at::Tensor load_balance_loss(const RouterState& state, const at::Tensor& choices_E, double units) {
  const auto experts = static_cast<double>(state.probs_UE.size(1));
  const double choices = units * static_cast<double>(state.choices_UK.size(1));
  const at::Tensor share_E = choices_E.to(state.probs_UE.scalar_type()) / choices;
  return (share_E * (state.probs_UE.sum(0) / units)).sum() * experts;
}

at::Tensor router_z_loss(const RouterState& state, double units) {
  return at::logsumexp(state.logits_UE, -1).square().sum() / units;
}

at::Tensor supervised_routing_loss(const RouterState& state, const at::Tensor& label_S,
                                   const at::Tensor& weight_S, double weight_sum) {
  const at::Tensor cross_entropy_S =
      at::nll_loss(at::log_softmax(state.mean_logits_SE, -1), label_S, {}, at::Reduction::None);
  return (cross_entropy_S * weight_S).sum() / weight_sum;
}

}  // namespace palimpsest::model
