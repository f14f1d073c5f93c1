// Auxiliary losses of the router. Each takes the state of one MoE layer and returns a differentiable scalar,
// in nats where it is a log. Shape legend: U routed units, S segments, E experts.
#pragma once

#include <ATen/core/Tensor.h>

#include "common/model/mixture.h"

namespace palimpsest::model {

/// Micro-batches: the means run over the whole optimizer step, whose size each function takes, so that the
/// values and the gradients of the micro-batches add up to those of one large batch.

/// How often each expert is among the choices of a unit, int64 [E].
at::Tensor top_choices(const RouterState& state);

/// Switch load balance (arXiv 2101.03961, eq. 4-6): E * sum_i f_i P_i, f_i the share of the choices
/// that are i, P_i the mean probability of i. 1 when balanced. `choices_E`: top choices of all `units` of
/// the step; no gradient flows through them.
at::Tensor load_balance_loss(const RouterState& state, const at::Tensor& choices_E, double units);

/// Router z-loss (ST-MoE, arXiv 2202.08906, eq. 5): mean over units of logsumexp(logits)^2.
at::Tensor router_z_loss(const RouterState& state, double units);

/// Cross entropy between each segment's mean router logits and its framework label, weighted by weight_S = 1
/// - t, so that a segment of which nothing is visible teaches nothing. Mean over the weights, whose sum over
/// the step is `weight_sum`.
at::Tensor supervised_routing_loss(const RouterState& state, const at::Tensor& label_S,
                                   const at::Tensor& weight_S, double weight_sum);

}  // namespace palimpsest::model
