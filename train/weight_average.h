// The exponential moving average of the weights (EMA).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/model/safetensors.h"
#include "common/model/transformer.h"

namespace palimpsest::train {

/// average <- decay * average + (1 - decay) * weights after every applied step, with decay at most
/// (1 + step) / (10 + step), so that the first steps do not stick. With decay 0 it is off and holds nothing.
/// Not thread-safe.
class WeightAverage {
 public:
  /// Starts as a copy of `parameters`, whose storage it goes on reading.
  WeightAverage(const std::vector<model::Parameter>& parameters, double decay);

  bool enabled() const { return decay_ > 0; }

  /// Starts over from what the parameters are now.
  void reset();
  /// `step` is 0-based.
  void update(std::int64_t step);
  /// Every expert's average becomes that of expert `from`, as upcycling does with the weights.
  void copy_expert(std::int64_t from);

  /// Under the parameters' names; empty when off.
  model::NamedTensors named_tensors() const;
  /// Throws Error{kBadData} that names `where` when a tensor is missing or does not fit.
  void load(const model::NamedTensors& tensors, const std::string& where);

 private:
  std::vector<model::Parameter> parameters_;
  std::vector<at::Tensor> averages_;
  double decay_;
};

}  // namespace palimpsest::train
