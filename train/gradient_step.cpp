#include "train/gradient_step.h"

#include <vector>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace palimpsest::train {
namespace {

model::ModelInput input_of(const TrainingBatch& batch, const model::Transformer& transformer) {
  model::ModelInput input =
      model::ModelInput::from(batch.rows, batch.masks, batch.forced, transformer.device());
  input.jitter_seed_B = batch.jitter_seeds;
  return input;
}

void count_top_choices(const model::Transformer& transformer, const std::vector<TrainingBatch>& parts,
                       model::StepTotals& totals) {
  const c10::NoGradGuard no_grad;
  for (const TrainingBatch& part : parts) {
    model::ModelInput input = input_of(part, transformer);
    input.predict_M = input.predict_M.narrow(0, 0, 0);  // only the routers are wanted
    model::add_top_choices(transformer.forward(input), totals);
  }
}

}  // namespace

StepLosses accumulate_gradients(const model::Transformer& transformer, const TrainingBatch& batch,
                                std::int64_t micro_batches, const model::LossCoefficients& coefficients,
                                RoutingSignals& signals) {
  model::StepTotals totals = model::step_totals(batch.rows, batch.masks, transformer.config());
  const std::vector<TrainingBatch> parts = split_batch(batch, micro_batches);
  const bool balanced = coefficients.load_balance != 0;
  if (balanced && parts.size() > 1) count_top_choices(transformer, parts, totals);
  StepLosses losses;
  for (const TrainingBatch& part : parts) {
    const model::ModelInput input = input_of(part, transformer);
    const model::ModelOutput output = transformer.forward(input);
    if (balanced && parts.size() == 1) model::add_top_choices(output, totals);
    const model::Objective objective =
        model::compute_objective(output, part.rows, part.masks, totals, coefficients);
    objective.total.backward();
    losses.total += objective.total.item<double>();
    losses.nelbo += objective.nelbo;
    losses.span += objective.span;
    losses.z += objective.z;
    losses.supervised += objective.supervised;
    signals.add(output, input, part);
  }
  return losses;
}

}  // namespace palimpsest::train
