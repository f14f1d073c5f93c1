#include "train/optimizer.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "common/model/tensor_copy.h"

namespace palimpsest::train {
namespace {

constexpr double kAdamEpsilon = 1e-8;
constexpr double kMuonMomentum = 0.95;
constexpr double kMuonUpdateSize = 0.2;  // root mean square of a typical AdamW update
constexpr int kNewtonSchulzSteps = 5;

/// A parameter's matrices, [B, M, N]. Queries, keys and values are three matrices in one tensor.
at::Tensor as_matrices(const at::Tensor& tensor, const std::string& name) {
  if (name.ends_with(".qkv")) return tensor.view({3, tensor.size(0) / 3, tensor.size(1)});
  return tensor.dim() == 3 ? tensor : tensor.unsqueeze(0);
}

/// orthogonalize(), but matrices of zeros stay as they are at no cost: experts that nothing reached yet.
at::Tensor orthogonalize_nonzero(const at::Tensor& matrices_BMN) {
  const at::Tensor used = matrices_BMN.flatten(1).any(1).nonzero().squeeze(1);
  if (used.size(0) == matrices_BMN.size(0)) return orthogonalize(matrices_BMN);
  if (used.size(0) == 0) return at::zeros_like(matrices_BMN);
  return at::zeros_like(matrices_BMN).index_copy(0, used, orthogonalize(matrices_BMN.index_select(0, used)));
}

}  // namespace

at::Tensor orthogonalize(const at::Tensor& matrices_BMN) {
  const bool tall = matrices_BMN.size(1) > matrices_BMN.size(2);
  at::Tensor x = tall ? matrices_BMN.transpose(1, 2) : matrices_BMN;
  x = x / (x.norm(2, at::IntArrayRef{1, 2}, /*keepdim=*/true) + 1e-7);
  for (int i = 0; i < kNewtonSchulzSteps; ++i) {
    // The quintic of Jordan et al.: steep at 0, so that small singular values grow quickly.
    const at::Tensor gram = at::bmm(x, x.transpose(1, 2));
    x = 3.4445 * x + at::bmm(-4.7750 * gram + 2.0315 * at::bmm(gram, gram), x);
  }
  return tall ? x.transpose(1, 2) : x;
}

Optimizer::Optimizer(const std::vector<model::Parameter>& parameters, const Recipe& recipe)
    : recipe_(recipe) {
  decayed_.weight_decay = recipe.weight_decay;
  muon_.weight_decay = recipe.weight_decay;
  for (const model::Parameter& parameter : parameters) {
    if (!parameter.value.requires_grad()) continue;
    const bool by_muon = parameter.decays && recipe.optimizer == OptimizerKind::kMuon;
    add(by_muon ? muon_ : parameter.decays ? decayed_ : plain_, parameter, !by_muon);
  }
}

void Optimizer::add(Group& group, const model::Parameter& parameter, bool second_moment) {
  group.names.push_back(parameter.name);
  group.parameters.push_back(parameter.value);
  group.first_moments.push_back(at::zeros_like(parameter.value));
  if (second_moment) group.second_moments.push_back(at::zeros_like(parameter.value));
}

std::vector<const Optimizer::Group*> Optimizer::groups() const {
  return {&plain_, &decayed_, &muon_};
}

double Optimizer::clip_gradients() const {
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> norms;
  for (const Group* group : groups()) {
    for (const at::Tensor& parameter : group->parameters) {
      // An expert or router that nothing reached has no gradient.
      if (!parameter.grad().defined()) parameter.mutable_grad() = at::zeros_like(parameter);
      norms.push_back(parameter.grad().norm());
    }
  }
  const double norm = at::stack(norms).norm().item<double>();
  if (!std::isfinite(norm) || norm <= recipe_.gradient_clip) return norm;
  for (const Group* group : groups()) {
    for (const at::Tensor& parameter : group->parameters) parameter.grad().mul_(recipe_.gradient_clip / norm);
  }
  return norm;
}

void Optimizer::step_adamw(Group& group, std::int64_t step, double learning_rate) const {
  std::vector<at::Tensor> gradients;
  std::vector<at::Tensor> steps;
  for (const at::Tensor& parameter : group.parameters) {
    gradients.push_back(parameter.grad());
    steps.push_back(at::full({}, static_cast<double>(step + 1), at::kFloat));
  }
  if (gradients.empty()) return;
  at::_fused_adamw_(group.parameters, gradients, group.first_moments, group.second_moments,
                    /*max_exp_avg_sqs=*/{}, steps, learning_rate, recipe_.beta1, recipe_.beta2,
                    group.weight_decay, kAdamEpsilon,
                    /*amsgrad=*/false, /*maximize=*/false);
}

void Optimizer::step_muon(Group& group, double learning_rate) const {
  for (std::size_t i = 0; i < group.parameters.size(); ++i) {
    const at::Tensor& parameter = group.parameters[i];
    const at::Tensor& moment = group.first_moments[i];
    const at::Tensor& gradient = parameter.grad();
    moment.lerp_(gradient, 1 - kMuonMomentum);
    const at::Tensor ahead = gradient.lerp(moment, kMuonMomentum);  // Nesterov
    const at::Tensor update = orthogonalize_nonzero(as_matrices(ahead, group.names[i]));
    const auto longest = static_cast<double>(std::max(update.size(1), update.size(2)));
    parameter.mul_(1 - learning_rate * group.weight_decay);
    parameter.sub_(update.reshape(parameter.sizes()), learning_rate * kMuonUpdateSize * std::sqrt(longest));
  }
}

void Optimizer::update(std::int64_t step, double learning_rate) {
  const c10::NoGradGuard no_grad;
  step_adamw(plain_, step, learning_rate);
  step_adamw(decayed_, step, learning_rate);
  step_muon(muon_, learning_rate);
  drop_gradients();
}

void Optimizer::drop_gradients() const {
  for (const Group* group : groups()) {
    for (const at::Tensor& parameter : group->parameters) parameter.mutable_grad().reset();
  }
}

void Optimizer::copy_expert_moments(const std::string& parameter) {
  for (const auto& [name, moment] : named_tensors()) {
    if (name.starts_with(parameter + ".")) moment.copy_(moment[0].clone().expand_as(moment));
  }
}

model::NamedTensors Optimizer::named_tensors() const {
  model::NamedTensors tensors;
  for (const Group* group : groups()) {
    for (std::size_t i = 0; i < group->names.size(); ++i) {
      tensors.emplace_back(group->names[i] + ".first_moment", group->first_moments[i]);
      if (i < group->second_moments.size()) {
        tensors.emplace_back(group->names[i] + ".second_moment", group->second_moments[i]);
      }
    }
  }
  return tensors;
}

void Optimizer::load(const model::NamedTensors& tensors, const std::string& where) {
  model::copy_tensors(tensors, named_tensors(), "optimizer state", where);
}

}  // namespace palimpsest::train
