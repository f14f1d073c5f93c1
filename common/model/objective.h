// The training objective of an optimizer step: the diffusion NELBO plus weighted routing losses.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "common/model/diffusion.h"
#include "common/model/row_batch.h"
#include "common/model/sliced_cross_entropy.h"
#include "common/model/transformer.h"

namespace palimpsest::model {

/// Coefficients of the losses beside the NELBO; 0 switches one off.
struct LossCoefficients {
  double load_balance = 0.01;
  double z = 0.001;
  double supervised = 0;
  double span = 1;  ///< of the loss in holes, where a recipe draws some
};

/// What every micro-batch must know of its optimizer step, so that their losses and gradients add up to those
/// of the step in one batch.
struct StepTotals {
  std::int64_t maskable = 0;          ///< positions that the NELBO is a mean over: segments without a hole
  std::int64_t hole = 0;              ///< positions that the span loss is a mean over: those in holes
  std::int64_t units = 0;             ///< routed units: segments or tokens, by RouterMode
  double label_weight = 0;            ///< sum over segments of 1 - mask ratio
  bool has_labels = false;            ///< every label has an expert: supervision is possible
  std::vector<at::Tensor> choices_E;  ///< top_choices() by MoE layer; empty = the balance loss is left out
};

/// Totals of a whole step, without top choices: those need a forward pass.
StepTotals step_totals(const RowBatch& batch, const MaskPlan& masks, const ModelConfig& config);

/// Adds the top choices of one forward pass.
void add_top_choices(const ModelOutput& output, StepTotals& totals);

/// A micro-batch's share of the step's losses: raw (unweighted) values beside the differentiable total.
/// Routing losses are means over MoE layers.
struct Objective {
  at::Tensor total;  ///< nelbo + sum of coefficient * raw; minimise this
  double nelbo = 0;  ///< nats per maskable token
  double span = 0;   ///< nats per token in a hole, given the rest; no part of the bound
  double load_balance = 0;
  double z = 0;
  double supervised = 0;
};

/// Cross entropy at each masked position, and its sum with one coefficient a position.
CrossEntropy masked_cross_entropy(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks,
                                  const std::vector<float>& coefficients);

/// sum over masked positions of weight * cross entropy, divided by the step's maskable tokens, apart for
/// segments with and without a hole; routing losses beside it.
Objective compute_objective(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks,
                            const StepTotals& totals, const LossCoefficients& coefficients);

}  // namespace palimpsest::model
