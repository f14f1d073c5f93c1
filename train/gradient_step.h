// The gradients of one optimizer step, accumulated over its micro-batches.
#pragma once

#include <cstdint>

#include "common/model/objective.h"
#include "common/model/transformer.h"
#include "train/process_group.h"
#include "train/routing_signals.h"
#include "train/training_batch.h"

namespace palimpsest::train {

/// Values of the whole step.
struct StepLosses {
  double total = 0;  ///< what was minimised
  double nelbo = 0;  ///< nats per maskable token
  double span = 0;   ///< nats per token in a hole
  double z = 0;
  double supervised = 0;
};

/// Forward and backward of every micro-batch; adds to the parameters' gradients and to `signals`. Losses and
/// gradients are those of the whole batch at once, up to the order of floating-point sums. With more than one
/// micro-batch and a load-balance coefficient, every micro-batch goes forward twice: the shares f of the
/// balance loss must be known before the first backward pass (no gradient flows through them, so two passes
/// are exact).
///
/// Each rank of `group` does this for its share of the rows; gradients (one flat float32 bucket), losses,
/// signals and the shares f are then summed over the ranks, so that every rank gets those of the whole batch.
StepLosses accumulate_gradients(const model::Transformer& transformer, const TrainingBatch& batch,
                                std::int64_t micro_batches, const model::LossCoefficients& coefficients,
                                RoutingSignals& signals, const ProcessGroup& group = ProcessGroup());

}  // namespace palimpsest::train
