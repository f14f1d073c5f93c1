// Auxiliary losses of the router. Each takes the state of one MoE layer and returns a differentiable scalar,
// in nats where it is a log. Shape legend: U routed units, S segments, E experts.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/model/mixture.h"

namespace palimpsest::model {

/// Switch load balance (arXiv 2101.03961, eq. 4-6): E * sum_i f_i P_i, f_i the share of units whose top
/// choice is i, P_i the mean probability of i. 1 when balanced. The units must be those of the whole
/// optimizer step.
at::Tensor load_balance_loss(const RouterState& state);

/// Router z-loss (ST-MoE, arXiv 2202.08906, eq. 5): mean over units of logsumexp(logits)^2.
at::Tensor router_z_loss(const RouterState& state);

/// Cross entropy between each segment's mean router logits and its framework label, weighted by weight_S = 1
/// - t, so that a segment of which nothing is visible teaches nothing. Mean over the weights.
at::Tensor supervised_routing_loss(const RouterState& state, const at::Tensor& label_S,
                                   const at::Tensor& weight_S);

}  // namespace palimpsest::model
