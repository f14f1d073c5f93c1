#include "common/model/routing_losses.h"

#include <ATen/ATen.h>

namespace palimpsest::model {

at::Tensor load_balance_loss(const RouterState& state) {
  const std::int64_t experts = state.probs_UE.size(1);
  const auto units = static_cast<double>(state.probs_UE.size(0));
  const at::Tensor share_E =
      at::bincount(state.choice_U, {}, experts).to(state.probs_UE.scalar_type()) / units;
  return (share_E * state.probs_UE.mean(0)).sum() * static_cast<double>(experts);
}

at::Tensor router_z_loss(const RouterState& state) {
  return at::logsumexp(state.logits_UE, -1).square().mean();
}

at::Tensor supervised_routing_loss(const RouterState& state, const at::Tensor& label_S,
                                   const at::Tensor& weight_S) {
  const at::Tensor cross_entropy_S =
      at::nll_loss(at::log_softmax(state.mean_logits_SE, -1), label_S, {}, at::Reduction::None);
  return (cross_entropy_S * weight_S).sum() / weight_S.sum().clamp_min(1e-6);
}

}  // namespace palimpsest::model
