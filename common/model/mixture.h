// A mixture-of-experts feed-forward.
//
// Shape legend: N tokens, S segments, U routed units (tokens or segments), E experts, K experts a unit uses,
// D width, H expert hidden size.
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
  at::Tensor choices_UK;      ///< the router's own choices, best first, forced or not
  at::Tensor choice_N;        ///< the first of them for each token
  at::Tensor expert_N;        ///< the expert that served each token (the first of K)
};

struct MixtureWeights {
  at::Tensor router_ED;
  at::Tensor router_bias_E;  ///< undefined without bias balancing; moves choices, never gates
  ExpertWeights experts;
  at::Tensor shared_in_2HD;  ///< undefined without a shared expert, which serves every token besides
  at::Tensor shared_out_DH;
};

/// Feed-forward of the tokens x_ND: sum of gate * expert(x) over the K choices, and the shared expert. In
/// RouterMode::kSegment all tokens of a segment share one routing decision. The gate is the router's
/// probability of the choice (Switch, arXiv 2101.03961, eq. 2). A forced segment is served by that expert
/// alone with the router's highest probability as its gate: forcing changes nothing but whose weights serve.
/// `layer` numbers the jitter's random stream. `kept_logits_UE`, when defined, stand for what the router
/// would compute: of a pass over part of a segment's tokens, whose mean says nothing.
at::Tensor mixture_forward(const MixtureWeights& weights, const ModelConfig& config, std::int64_t layer,
                           const at::Tensor& x_ND, const ModelInput& input, RouterState& state,
                           const at::Tensor& kept_logits_UE = {});

}  // namespace palimpsest::model
