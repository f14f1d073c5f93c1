#include "common/model/objective.h"

#include <algorithm>
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

/// What each masked position's cross entropy weighs in the step's NELBO, and in its span loss.
struct PositionWeights {
  std::vector<float> nelbo;
  std::vector<float> span;
};

PositionWeights position_weights(const MaskPlan& masks, const StepTotals& totals) {
  PositionWeights weights{std::vector<float>(masks.weight.size(), 0),
                          std::vector<float>(masks.weight.size(), 0)};
  for (std::size_t i = 0; i < masks.weight.size(); ++i) {
    const bool hole = masks.has_hole(static_cast<std::size_t>(masks.segment[i]));
    const auto tokens = static_cast<double>(hole ? totals.hole : totals.maskable);
    (hole ? weights.span : weights.nelbo)[i] = static_cast<float>(masks.weight[i] / tokens);
  }
  return weights;
}

/// Adds coefficient * loss to the total and returns the raw value.
double add_weighted(at::Tensor& total, const at::Tensor& loss, double coefficient) {
  if (coefficient != 0) total = total + coefficient * loss;
  return loss.item<double>();
}

constexpr double kLeastLabelWeight = 1e-6;  // everything is masked

}  // namespace

CrossEntropy masked_cross_entropy(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks,
                                  const std::vector<float>& coefficients) {
  std::vector<std::int64_t> targets;
  targets.reserve(masks.positions.size());
  for (const std::int64_t position : masks.positions) {
    targets.push_back(batch.ids[static_cast<std::size_t>(position)] - kFirstPredictable);
  }
  const at::Device device = output.hidden_MD.device();
  return sliced_cross_entropy(output.hidden_MD, output.head_VD, output.head_bias_V,
                              to_tensor(targets, device), to_tensor(coefficients, device), output.precision);
}

StepTotals step_totals(const RowBatch& batch, const MaskPlan& masks, const ModelConfig& config) {
  StepTotals totals;
  for (std::size_t i = 0; i < batch.segments.size(); ++i) {
    const BatchSegment& segment = batch.segments[i];
    (masks.has_hole(i) ? totals.hole : totals.maskable) +=
        masks.has_hole(i) ? masks.hole[i] : segment.maskable();
    totals.units += config.router == RouterMode::kSegment ? 1 : segment.end - segment.begin;
  }
  const SegmentTargets targets = segment_targets(batch, masks, at::kCPU);
  totals.label_weight = std::max(kLeastLabelWeight, targets.weight_S.sum().item<double>());
  totals.has_labels = config.experts > targets.label_S.max().item<std::int64_t>();
  return totals;
}

void add_top_choices(const ModelOutput& output, StepTotals& totals) {
  const bool first = totals.choices_E.empty();
  for (std::size_t layer = 0; layer < output.routers.size(); ++layer) {
    const at::Tensor choices_E = top_choices(output.routers[layer]);
    if (first) {
      totals.choices_E.push_back(choices_E);
    } else {
      totals.choices_E[layer] = totals.choices_E[layer] + choices_E;
    }
  }
}

Objective compute_objective(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks,
                            const StepTotals& totals, const LossCoefficients& coefficients) {
  Objective objective;
  const PositionWeights weights = position_weights(masks, totals);
  std::vector<float> both = weights.nelbo;
  for (std::size_t i = 0; i < both.size(); ++i)
    both[i] += static_cast<float>(coefficients.span) * weights.span[i];
  const CrossEntropy cross_entropy = masked_cross_entropy(output, batch, masks, both);
  objective.total = cross_entropy.sum;
  const at::Device device = output.hidden_MD.device();
  objective.nelbo = cross_entropy.nats_M.dot(to_tensor(weights.nelbo, device)).item<double>();
  objective.span = cross_entropy.nats_M.dot(to_tensor(weights.span, device)).item<double>();
  if (output.routers.empty()) return objective;

  const SegmentTargets targets = segment_targets(batch, masks, device);
  const auto units = static_cast<double>(totals.units);
  at::Tensor balance = at::zeros({}, objective.total.options());
  at::Tensor z = at::zeros({}, objective.total.options());
  at::Tensor supervised = at::zeros({}, objective.total.options());
  for (std::size_t layer = 0; layer < output.routers.size(); ++layer) {
    const RouterState& router = output.routers[layer];
    if (!totals.choices_E.empty()) {
      balance = balance + load_balance_loss(router, totals.choices_E[layer], units);
    }
    z = z + router_z_loss(router, units);
    if (totals.has_labels) {
      supervised = supervised +
                   supervised_routing_loss(router, targets.label_S, targets.weight_S, totals.label_weight);
    }
  }
  const auto layers = static_cast<double>(output.routers.size());
  objective.load_balance = add_weighted(objective.total, balance / layers, coefficients.load_balance);
  objective.z = add_weighted(objective.total, z / layers, coefficients.z);
  objective.supervised = add_weighted(objective.total, supervised / layers, coefficients.supervised);
  return objective;
}

}  // namespace palimpsest::model
