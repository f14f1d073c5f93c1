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

/// The top choices of all ranks.
void share_top_choices(const ProcessGroup& group, model::StepTotals& totals) {
  if (group.size() == 1 || totals.choices_E.empty()) return;
  const at::Tensor choices_LE = at::stack(totals.choices_E).to(at::kCPU);
  group.all_reduce_sum(choices_LE);
  totals.choices_E = choices_LE.to(totals.choices_E.front().device()).unbind();
}

/// Gradients become views of one bucket; a parameter that nothing reached on this rank counts as zero.
void sum_gradients(const ProcessGroup& group, const std::vector<model::Parameter>& parameters) {
  if (group.size() == 1) return;
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> flat;
  for (const model::Parameter& parameter : parameters) {
    if (!parameter.value.requires_grad()) continue;
    const at::Tensor& gradient = parameter.value.grad();
    flat.push_back((gradient.defined() ? gradient : at::zeros_like(parameter.value)).flatten());
  }
  const at::Tensor bucket = at::cat(flat).to(at::kCPU);
  group.all_reduce_sum(bucket);
  const at::Tensor summed = bucket.to(flat.front().device());
  std::int64_t begin = 0;
  for (const model::Parameter& parameter : parameters) {
    if (!parameter.value.requires_grad()) continue;
    parameter.value.mutable_grad() =
        summed.narrow(0, begin, parameter.value.numel()).view_as(parameter.value);
    begin += parameter.value.numel();
  }
}

void sum_losses(const ProcessGroup& group, StepLosses& losses, RoutingSignals& signals) {
  if (group.size() == 1) return;
  std::vector<double> sums = signals.sums();
  for (const double* loss : {&losses.total, &losses.nelbo, &losses.span, &losses.z, &losses.supervised})
    sums.push_back(*loss);
  group.all_reduce_sum(sums);
  for (double* loss : {&losses.supervised, &losses.z, &losses.span, &losses.nelbo, &losses.total}) {
    *loss = sums.back();
    sums.pop_back();
  }
  signals.set_sums(sums);
}

}  // namespace

StepLosses accumulate_gradients(const model::Transformer& transformer, const TrainingBatch& batch,
                                std::int64_t micro_batches, const model::LossCoefficients& coefficients,
                                RoutingSignals& signals, const ProcessGroup& group) {
  model::StepTotals totals = model::step_totals(batch.rows, batch.masks, transformer.config());
  const std::vector<TrainingBatch> parts =
      split_share(batch, micro_batches, {.rank = group.rank(), .ranks = group.size()});
  const bool balanced = coefficients.load_balance != 0;
  if (balanced && parts.size() > 1) {
    count_top_choices(transformer, parts, totals);
    share_top_choices(group, totals);
  }
  StepLosses losses;
  for (const TrainingBatch& part : parts) {
    const model::ModelInput input = input_of(part, transformer);
    const model::ModelOutput output = transformer.forward(input);
    if (balanced && parts.size() == 1) {
      model::add_top_choices(output, totals);
      share_top_choices(group, totals);
    }
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
  sum_gradients(group, transformer.parameters());
  sum_losses(group, losses, signals);
  return losses;
}

}  // namespace palimpsest::train
