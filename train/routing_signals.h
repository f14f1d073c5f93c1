// What the routers and experts did in one optimizer step, by MoE layer and family, for metrics.jsonl.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/model/objective.h"
#include "common/model/routing_stats.h"
#include "common/model/transformer.h"
#include "train/training_batch.h"

namespace palimpsest::train {

/// Sums over the micro-batches of a step. Not thread-safe.
class RoutingSignals {
 public:
  RoutingSignals(const model::ModelConfig& config, std::size_t families);

  void add(const model::ModelOutput& output, const model::ModelInput& input, const TrainingBatch& batch);

  /// How often each expert was among the choices in a MoE layer.
  const std::vector<double>& choices(std::size_t layer) const { return layers_[layer].choices; }

  /// Every sum in a fixed order, so that processes can add theirs up; set_sums() takes them back.
  std::vector<double> sums();
  void set_sums(std::span<const double> sums);

  bool empty() const { return layers_.empty(); }
  /// Tokens by layer, family and expert.
  model::RoutingCounts counts() const { return model::sum_of(bins_); }
  /// The same by mask ratio.
  const std::vector<model::RoutingCounts>& counts_by_bin() const { return bins_; }

  /// Means over layers of what the routing losses call raw.
  double load_balance() const;
  double entropy() const;  ///< of the router, divided by log E

  /// One object a MoE layer: layer, entropy / log E, load (share of each expert), load_balance, z, and by
  /// family S1, supervised loss (mean over 1 - mask ratio) and accuracy of the segments' top choice.
  io::Json to_json(const std::vector<std::string>& labels) const;

 private:
  struct Family {
    double cross_entropy = 0;
    double weight = 0;
    double segments = 0;
    double correct = 0;
  };
  struct Layer {
    std::int64_t number = 0;
    std::vector<double> choices;    ///< by expert
    std::vector<double> prob_sums;  ///< by expert
    double entropy = 0;
    double z = 0;
    std::vector<Family> families;
  };
  static void add_segments(const model::RouterState& router, const TrainingBatch& batch, Layer& layer);
  double load_balance(const Layer& layer) const;
  /// Calls visit(double&) for each sum, and visit(uint64_t&) for each count, in a fixed order.
  template <typename Visit>
  void for_each_sum(Visit visit);

  double choices_per_unit_;  ///< K of top-k
  std::vector<model::RoutingCounts> bins_;
  double units_ = 0;
  std::vector<Layer> layers_;
};

/// Gradient norms by MoE layer: of the router and of each expert. Call before the gradients are clipped.
io::Json gradient_signals(const std::vector<model::Parameter>& parameters);

/// Euclidean norm of all parameters together.
double weight_norm(const std::vector<model::Parameter>& parameters);

/// S1 by family.
io::Json specialization_json(const std::vector<std::string>& labels, const model::RoutingCounts& counts);

/// Mean S1 of the families in each mask-ratio bin, lowest ratio first; null where a bin has no tokens.
io::Json specialization_by_bin_json(const std::vector<model::RoutingCounts>& bins);

/// `value` to six significant digits, which is what a plot needs; null when it is not finite.
io::Json plotted(double value);

}  // namespace palimpsest::train
