// A mixture-of-experts feed-forward with top-1 routing.
//
// Shape legend: N tokens, S segments, U routed units (tokens or segments), E experts, D width, H expert
// hidden size.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/model/experts.h"
#include "common/model/model_config.h"
#include "common/model/model_input.h"

namespace palimpsest::model {

/// What one MoE layer's router did, for losses and statistics.
struct RouterState {
  at::Tensor logits_UE;       ///< float32
  at::Tensor probs_UE;        ///< softmax of the logits
  at::Tensor mean_logits_SE;  ///< mean of the token logits over each segment's visible tokens
  at::Tensor choice_U;        ///< the router's own top-1, forced or not
  at::Tensor choice_N;        ///< the same for each token
  at::Tensor expert_N;        ///< the expert that served each token
};

struct MixtureWeights {
  at::Tensor router_ED;
  ExpertWeights experts;
};

/// Feed-forward of the tokens x_ND: gate * expert(x). In RouterMode::kSegment all tokens of a segment share
/// one routing decision. The gate is the router's highest probability (Switch, arXiv 2101.03961, eq. 2), also
/// where another expert is forced: forcing changes nothing but whose weights serve.
at::Tensor mixture_forward(const MixtureWeights& weights, RouterMode mode, const at::Tensor& x_ND,
                           const ModelInput& input, RouterState& state);

}  // namespace palimpsest::model
