// The optimizer: Muon for the matrices inside the layers, AdamW for everything else, or AdamW for all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "common/model/safetensors.h"
#include "common/model/transformer.h"
#include "train/recipe.h"

namespace palimpsest::train {

/// AdamW: arXiv 1711.05101, LibTorch's fused kernel. Muon:
/// momentum orthogonalised by Newton-Schulz iterations (Jordan et al. 2024), scaled to AdamW's update size so
/// that one learning rate serves both (Moonlight, arXiv 2502.16982, eq. 4).
class Optimizer {
 public:
  /// Shares the parameters' storage; all moments start at zero.
  Optimizer(const std::vector<model::Parameter>& parameters, const Recipe& recipe);

  /// Scales the gradients to a global norm of at most gradient_clip; parameters that nothing reached get zero
  /// gradients. Returns the norm before, which may be infinite or NaN.
  double clip_gradients() const;

  /// Updates with step number `step` (0-based, for the bias correction) and drops the gradients. Call
  /// clip_gradients() first.
  void update(std::int64_t step, double learning_rate);

  void drop_gradients() const;

  /// Copies the moments of expert 0 to the other experts of `parameter`, [experts, ...].
  void copy_expert_moments(const std::string& parameter);

  /// The moments of every parameter, for the checkpoint.
  model::NamedTensors named_tensors() const;
  /// Throws Error{kBadData} that names `where` when a tensor is missing or does not fit.
  void load(const model::NamedTensors& tensors, const std::string& where);

 private:
  /// Parameters with one update rule.
  struct Group {
    double weight_decay = 0;
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters;
    std::vector<at::Tensor> first_moments;
    std::vector<at::Tensor> second_moments;  ///< empty under Muon
  };
  static void add(Group& group, const model::Parameter& parameter, bool second_moment);
  std::vector<const Group*> groups() const;
  void step_adamw(Group& group, std::int64_t step, double learning_rate) const;
  void step_muon(Group& group, double learning_rate) const;

  Recipe recipe_;
  Group plain_;    ///< AdamW without weight decay: norms, biases, embedding, router
  Group decayed_;  ///< AdamW with weight decay
  Group muon_;
};

/// The orthogonal matrices nearest to each of matrices_BMN, roughly: every singular value becomes 0.7 to 1.2.
at::Tensor orthogonalize(const at::Tensor& matrices_BMN);

}  // namespace palimpsest::train
