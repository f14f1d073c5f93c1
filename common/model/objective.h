// The training objective of one optimizer step: the diffusion NELBO plus weighted routing losses.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/model/diffusion.h"
#include "common/model/row_batch.h"
#include "common/model/transformer.h"

namespace palimpsest::model {

/// Coefficients of the routing losses; 0 switches one off.
struct LossCoefficients {
  double load_balance = 0.01;
  double z = 0.001;
  double supervised = 0;
};

/// Raw (unweighted) values of one step beside the differentiable total. Routing losses are means over MoE
/// layers.
struct Objective {
  at::Tensor total;  ///< nelbo + sum of coefficient * raw; minimise this
  double nelbo = 0;  ///< nats per maskable token
  double load_balance = 0;
  double z = 0;
  double supervised = 0;
};

/// Cross entropy in nats at each masked position, [M].
at::Tensor masked_cross_entropy(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks);

/// sum over masked positions of weight * cross entropy, divided by the batch's maskable tokens.
Objective compute_objective(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks,
                            const LossCoefficients& coefficients);

}  // namespace palimpsest::model
