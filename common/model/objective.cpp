#include "common/model/objective.h"

#include <vector>

#include <ATen/ATen.h>

#include "common/model/routing_losses.h"

namespace palimpsest::model {
namespace {

struct SegmentTargets {
  at::Tensor label_S;
  at::Tensor weight_S;  ///< 1 - mask ratio
};

SegmentTargets segment_targets(const RowBatch& batch, const MaskPlan& masks, at::Device device) {
  std::vector<std::int64_t> labels;
  std::vector<float> weights;
  for (std::size_t i = 0; i < batch.segments.size(); ++i) {
    labels.push_back(batch.segments[i].label);
    weights.push_back(static_cast<float>(1 - masks.mask_ratio[i]));
  }
  return {to_tensor(labels, device), to_tensor(weights, device)};
}

/// Adds coefficient * loss to the total and returns the raw value.
double add_weighted(at::Tensor& total, const at::Tensor& loss, double coefficient) {
  if (coefficient != 0) total = total + coefficient * loss;
  return loss.item<double>();
}

}  // namespace

at::Tensor masked_cross_entropy(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks) {
  std::vector<std::int64_t> targets;
  targets.reserve(masks.positions.size());
  for (const std::int64_t position : masks.positions) {
    targets.push_back(batch.ids[static_cast<std::size_t>(position)] - kFirstPredictable);
  }
  return at::nll_loss(at::log_softmax(output.logits_MV, -1), to_tensor(targets, output.logits_MV.device()),
                      {}, at::Reduction::None);
}

Objective compute_objective(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks,
                            const LossCoefficients& coefficients) {
  const at::Tensor cross_entropy_M = masked_cross_entropy(output, batch, masks);
  const at::Tensor weight_M = to_tensor(masks.weight, cross_entropy_M.device());
  Objective objective;
  objective.total = (cross_entropy_M * weight_M).sum() / static_cast<double>(batch.maskable());
  objective.nelbo = objective.total.item<double>();
  if (output.routers.empty()) return objective;

  const SegmentTargets targets = segment_targets(batch, masks, cross_entropy_M.device());
  const bool labelled = static_cast<std::int64_t>(output.routers.front().mean_logits_SE.size(1)) >
                        targets.label_S.max().item<std::int64_t>();
  at::Tensor balance = at::zeros({}, weight_M.options());
  at::Tensor z = at::zeros({}, weight_M.options());
  at::Tensor supervised = at::zeros({}, weight_M.options());
  for (const RouterState& router : output.routers) {
    balance = balance + load_balance_loss(router);
    z = z + router_z_loss(router);
    if (labelled)
      supervised = supervised + supervised_routing_loss(router, targets.label_S, targets.weight_S);
  }
  const auto layers = static_cast<double>(output.routers.size());
  objective.load_balance = add_weighted(objective.total, balance / layers, coefficients.load_balance);
  objective.z = add_weighted(objective.total, z / layers, coefficients.z);
  objective.supervised = add_weighted(objective.total, supervised / layers, coefficients.supervised);
  return objective;
}

}  // namespace palimpsest::model
