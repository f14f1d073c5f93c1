// Keys, values and routing of the tokens around a hole, kept between the forward passes that fill it.
#pragma once

#include <cstddef>
#include <vector>

#include <ATen/core/Tensor.h>

namespace palimpsest::model {

/// After the first pass only the hole's tokens are computed; those around it keep what they had when the hole
/// was still masked. An approximation (the dual cache of Fast-dLLM, arXiv 2505.22618, with the hole as the
/// one block): what they would have learned of the filled tokens is missing.
///
/// Shapes: H heads, T tokens of the text, Q tokens that each later pass computes, U routed units, E experts.
struct ContextCache {
  at::Tensor rows_Q;                         ///< int64; positions of those tokens in the text
  std::vector<at::Tensor> keys;              ///< per layer, [1, H, T, head width], rotated
  std::vector<at::Tensor> values;            ///< per layer, [1, H, T, head width]
  std::vector<at::Tensor> router_logits_UE;  ///< per MoE layer of a model that routes whole segments

  bool filled() const { return !keys.empty(); }

  /// Keeps the keys and values of a first pass; puts those of a later one among the kept and hands all back.
  void update(std::size_t layer, at::Tensor& layer_keys, at::Tensor& layer_values);
};

}  // namespace palimpsest::model
