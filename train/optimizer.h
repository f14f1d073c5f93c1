// AdamW (arXiv 1711.05101) with a global gradient clip, on LibTorch's fused kernel.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "common/model/safetensors.h"
#include "common/model/transformer.h"
#include "train/recipe.h"

namespace palimpsest::train {

class AdamW {
 public:
  /// Keeps references to the parameters' storage; both moments start at zero.
  AdamW(const std::vector<model::Parameter>& parameters, const Recipe& recipe);

  /// Clips, updates with step number `step` (0-based, for the bias correction) and drops the gradients.
  /// Returns the gradient norm before clipping. Throws Error{kBadData} when it is not finite; nothing changes
  /// then.
  double step(std::int64_t step, double learning_rate);

  /// Both moments of every parameter, for the checkpoint.
  model::NamedTensors named_tensors() const;
  /// Throws Error{kBadData} that names `where` when a tensor is missing or does not fit.
  void load(const model::NamedTensors& tensors, const std::string& where);

 private:
  struct Group {
    double weight_decay = 0;
    std::vector<std::string> names = {};
    std::vector<at::Tensor> parameters = {};
    std::vector<at::Tensor> first_moments = {};
    std::vector<at::Tensor> second_moments = {};
  };
  double clip_gradients() const;

  Recipe recipe_;
  Group groups_[2];  ///< without and with weight decay
};

}  // namespace palimpsest::train
