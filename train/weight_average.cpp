#include "train/weight_average.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "common/model/tensor_copy.h"

namespace palimpsest::train {

WeightAverage::WeightAverage(const std::vector<model::Parameter>& parameters, double decay) : decay_(decay) {
  if (!enabled()) return;
  parameters_ = parameters;
  for (const model::Parameter& parameter : parameters_) averages_.push_back(parameter.value.detach().clone());
}

void WeightAverage::reset() {
  for (std::size_t i = 0; i < averages_.size(); ++i) averages_[i].copy_(parameters_[i].value.detach());
}

void WeightAverage::update(std::int64_t step) {
  const double warm = static_cast<double>(1 + step) / static_cast<double>(10 + step);
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    averages_[i].lerp_(parameters_[i].value.detach(), 1 - std::min(decay_, warm));
  }
}

void WeightAverage::copy_expert(std::int64_t from) {
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    if (!model::is_expert_parameter(parameters_[i].name)) continue;
    averages_[i].copy_(averages_[i][from].clone().expand_as(averages_[i]));
  }
}

model::NamedTensors WeightAverage::named_tensors() const {
  model::NamedTensors tensors;
  for (std::size_t i = 0; i < averages_.size(); ++i) tensors.emplace_back(parameters_[i].name, averages_[i]);
  return tensors;
}

void WeightAverage::load(const model::NamedTensors& tensors, const std::string& where) {
  model::copy_tensors(tensors, named_tensors(), "weight average", where);
}

}  // namespace palimpsest::train
