#include "train/bias_balancing.h"

#include <numeric>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace palimpsest::train {

void balance_biases(const std::vector<model::Parameter>& parameters, const RoutingSignals& signals,
                    double rate) {
  const c10::NoGradGuard no_grad;
  std::size_t layer = 0;
  for (const model::Parameter& parameter : parameters) {
    if (!parameter.name.ends_with(".router_bias")) continue;
    const std::vector<double>& load = signals.choices(layer++);
    const double mean = std::accumulate(load.begin(), load.end(), 0.0) / static_cast<double>(load.size());
    for (std::size_t e = 0; e < load.size(); ++e) {
      if (load[e] != mean) parameter.value[static_cast<std::int64_t>(e)] += load[e] < mean ? rate : -rate;
    }
  }
}

}  // namespace palimpsest::train
