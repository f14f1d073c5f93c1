// Load balance without a loss: a bias on each expert's score decides choices, and training moves it.
#pragma once

#include <vector>

#include "common/model/transformer.h"
#include "train/routing_signals.h"

namespace palimpsest::train {

/// bias += rate * sign(mean load - load) in every MoE layer, by the loads of the whole step (arXiv
/// 2408.15664, algorithm 1). Without bias balancing there is nothing to move.
void balance_biases(const std::vector<model::Parameter>& parameters, const RoutingSignals& signals,
                    double rate);

}  // namespace palimpsest::train
