// The training loop: batch, forward, losses, backward, update; metrics, validation and checkpoints between
// steps.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/io/folder.h"
#include "common/model/checkpoint.h"
#include "common/model/scoring.h"
#include "common/model/transformer.h"
#include "common/tokens/shard_reader.h"
#include "common/tokens/tokenizer.h"
#include "train/best_checkpoints.h"
#include "train/early_stop.h"
#include "train/gradient_step.h"
#include "train/metrics_log.h"
#include "train/optimizer.h"
#include "train/process_group.h"
#include "train/rank_agreement.h"
#include "train/recipe.h"
#include "train/step_guard.h"
#include "train/train_options.h"
#include "train/training_batch.h"
#include "train/training_rows.h"
#include "train/weight_average.h"

namespace palimpsest::train {

/// What a trainer reads, a directory or a URL. Only its constructor needs them.
struct TrainerInputs {
  const io::Folder& shards;
  const tokens::Tokenizer& tokenizer;  ///< of the shards
};

/// Owns the state of one run. Not thread-safe. Resume is bit-exact for the same number of threads: everything
/// random is a function of {seed, step}, so weights, their average, moments, the data position and the
/// guard's window are the whole state. A wall-clock budget is the exception: where it ends a run, no other
/// run ends.
///
/// With several ranks, each holds the whole state and trains on its share of every step's rows; what decides
/// how a run goes on is summed or taken from rank 0, so that all decide alike. Rank 0 alone reads and writes
/// options.run.out.
class Trainer {
 public:
  /// Goes on from the last good checkpoint in options.run.out, or starts fresh. `group` must outlive it.
  /// Throws Error{kUsage} when a step has fewer rows than there are ranks.
  Trainer(const TrainOptions& options, const TrainerInputs& inputs, const Recipe& recipe,
          const model::ModelConfig& config, ProcessGroup& group);

  /// Trains to the last step, or until the time budget or the patience is used up. On SIGINT or SIGTERM
  /// writes a checkpoint and throws Interrupted. Throws Error{kBadData} when losses stay bad after several
  /// rewinds.
  void run();

  /// Scores the whole validation split with fixed noise.
  model::Score final_score() const;

  std::int64_t step() const { return step_; }
  const BestCheckpoints& best() const { return best_; }
  const model::Transformer& transformer() const { return transformer_; }

 private:
  /// Whether there was a good checkpoint, which every rank then has.
  bool resume();
  bool load_last_checkpoint();
  /// Position, guard and patience, as checkpoints hold them.
  io::Json trainer_state() const;
  void restore(std::int64_t step, const io::Json& state, const std::string& where);
  /// Rank 0 gives the others its state.
  void share_state();
  void start_stage(std::size_t stage);
  /// Whether no step is left to do, and why.
  bool finished() const;
  double elapsed_seconds() const;  ///< of this rank's clock
  /// What changes when step_ is the first of a stage.
  void enter_stage(const Recipe::Place& place);
  Verdict train_step();
  /// Back to the last checkpoint, and past the rows that were drawn since.
  void rewind();
  void open_logs();
  /// True when the validation is among the best, so that this step must be saved.
  bool validate_now();
  void save() const;
  /// Scores the average where there is one, else the weights.
  model::Score score(const model::ScoreOptions& options) const;
  void log_timing(const TrainingBatch& batch, const StepLosses& losses, double seconds);
  io::Json step_metrics(const TrainingBatch& batch, const StepLosses& losses, const RoutingSignals& signals,
                        double gradient_norm, double rate) const;

  TrainOptions options_;
  ProcessGroup& group_;
  Recipe recipe_;
  tokens::ShardReader train_shards_;
  tokens::ShardReader valid_shards_;
  at::Device device_;
  model::Transformer transformer_;
  Optimizer optimizer_;
  WeightAverage average_;
  StepGuard guard_;
  EarlyStop early_stop_;
  BestCheckpoints best_;
  TrainingRows rows_;
  std::vector<model::TokenShape> shapes_;  ///< by token id; only where a stage masks spans
  std::int64_t step_ = 0;                  ///< steps done
  double earlier_seconds_ = 0;             ///< training time before this process
  double matmul_rate_ = 0;                 ///< FLOP/s that a step's are compared with
  RunState agreed_;                        ///< after the last step
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::optional<MetricsLog> metrics_;
  std::optional<MetricsLog> timing_;
  std::string note_;  ///< the last step in words, for the progress line
};

/// Makes every expert, moments and average too, a copy of kSharedExpert.
void upcycle(const std::vector<model::Parameter>& parameters, Optimizer& optimizer, WeightAverage& average);

}  // namespace palimpsest::train
