#include "train/optimizer.h"

#include <cmath>
#include <map>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

constexpr double kEpsilon = 1e-8;

}  // namespace

AdamW::AdamW(const std::vector<model::Parameter>& parameters, const Recipe& recipe) : recipe_(recipe) {
  groups_[1].weight_decay = recipe.weight_decay;
  for (const model::Parameter& parameter : parameters) {
    Group& group = groups_[parameter.decays ? 1 : 0];
    group.names.push_back(parameter.name);
    group.parameters.push_back(parameter.value);
    group.first_moments.push_back(at::zeros_like(parameter.value));
    group.second_moments.push_back(at::zeros_like(parameter.value));
  }
}

double AdamW::clip_gradients() const {
  std::vector<at::Tensor> norms;
  for (const Group& group : groups_) {
    for (const at::Tensor& parameter : group.parameters) {
      if (!parameter.grad().defined()) parameter.mutable_grad() = at::zeros_like(parameter);
      norms.push_back(parameter.grad().norm());
    }
  }
  const double norm = at::stack(norms).norm().item<double>();
  if (!std::isfinite(norm)) return norm;
  if (norm > recipe_.gradient_clip) {
    for (const Group& group : groups_) {
      for (const at::Tensor& parameter : group.parameters)
        parameter.grad().mul_(recipe_.gradient_clip / norm);
    }
  }
  return norm;
}

double AdamW::step(std::int64_t step, double learning_rate) {
  const c10::NoGradGuard no_grad;
  const double norm = clip_gradients();
  if (!std::isfinite(norm)) {
    throw base::Error(base::ErrorCode::kBadData, fmt::format("gradient norm is not finite at step {}", step),
                      {.got = fmt::format("{}", norm),
                       .hint = "lower learning_rate in the recipe; the last checkpoint is good"});
  }
  for (Group& group : groups_) {
    std::vector<at::Tensor> gradients;
    std::vector<at::Tensor> steps;
    for (const at::Tensor& parameter : group.parameters) {
      gradients.push_back(parameter.grad());
      steps.push_back(at::full({}, static_cast<double>(step + 1), at::kFloat));
    }
    at::_fused_adamw_(group.parameters, gradients, group.first_moments, group.second_moments,
                      /*max_exp_avg_sqs=*/{}, steps, learning_rate, recipe_.beta1, recipe_.beta2,
                      group.weight_decay, kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
    for (const at::Tensor& parameter : group.parameters) parameter.mutable_grad().reset();
  }
  return norm;
}

model::NamedTensors AdamW::named_tensors() const {
  model::NamedTensors tensors;
  for (const Group& group : groups_) {
    for (std::size_t i = 0; i < group.names.size(); ++i) {
      tensors.emplace_back(group.names[i] + ".first_moment", group.first_moments[i]);
      tensors.emplace_back(group.names[i] + ".second_moment", group.second_moments[i]);
    }
  }
  return tensors;
}

void AdamW::load(const model::NamedTensors& tensors, const std::string& where) {
  const std::map<std::string, at::Tensor> by_name(tensors.begin(), tensors.end());
  for (const auto& [name, moment] : named_tensors()) {
    const auto found = by_name.find(name);
    if (found == by_name.end() || found->second.sizes() != moment.sizes()) {
      throw base::Error(base::ErrorCode::kBadData, "optimizer state lacks " + name + " in the right shape",
                        {.where = where});
    }
    moment.copy_(found->second);
  }
}

}  // namespace palimpsest::train
