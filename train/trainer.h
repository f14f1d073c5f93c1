// The training loop: batch, forward, losses, backward, update; metrics, validation and checkpoints between
// steps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "common/model/checkpoint.h"
#include "common/model/scoring.h"
#include "common/model/transformer.h"
#include "common/tokens/row_order.h"
#include "common/tokens/shard_reader.h"
#include "train/metrics_log.h"
#include "train/optimizer.h"
#include "train/recipe.h"
#include "train/train_options.h"
#include "train/training_batch.h"

namespace palimpsest::train {

/// Owns the state of one run. Not thread-safe. Resume is bit-exact for the same number of threads: everything
/// random is a function of {seed, step}, so weights, moments and the data position are the whole state.
class Trainer {
 public:
  /// Goes on from the last good checkpoint in options.run.out, or starts fresh.
  Trainer(const TrainOptions& options, const Recipe& recipe, const model::ModelConfig& config);

  /// Trains to the last step. On SIGINT or SIGTERM writes a checkpoint and throws Interrupted.
  void run();

  /// Scores the whole validation split with fixed noise.
  model::Score final_score() const;

  std::int64_t step() const { return step_; }
  const model::Transformer& transformer() const { return transformer_; }

 private:
  bool resume();
  void start_stage(std::size_t stage);
  /// Makes every expert, moments too, a copy of the one that served the stages before.
  void upcycle();
  void train_step();
  void validate_now();
  void save() const;
  io::Json step_metrics(const TrainingBatch& batch, const model::ModelOutput& output,
                        const model::ModelInput& input, const model::Objective& objective,
                        double gradient_norm, double rate) const;

  TrainOptions options_;
  Recipe recipe_;
  tokens::ShardReader train_shards_;
  tokens::ShardReader valid_shards_;
  at::Device device_;
  model::Transformer transformer_;
  Optimizer optimizer_;
  tokens::RowSampler sampler_;
  std::int64_t step_ = 0;  ///< steps done
  std::optional<MetricsLog> metrics_;
  std::optional<MetricsLog> timing_;
  std::string note_;  ///< the last step in words, for the progress line
};

}  // namespace palimpsest::train
