// Which checkpoints stay: the last ones, and those with the best validation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::train {

/// The steps of the best validations so far, which a run records in its checkpoints. Only those of one stage
/// compete: before upcycling one expert serves everything, so a low loss there says nothing about a model
/// that routes. The first validation of a stage drops the earlier stage's. Not thread-safe.
class BestCheckpoints {
 public:
  /// `keep`: how many; at least 1.
  explicit BestCheckpoints(std::int64_t keep) : keep_(static_cast<std::size_t>(keep)) {}

  /// `score`: lower is better, the earlier of two equals; NaN is never among the best. True when this step
  /// is now one of the best, and so must be saved.
  bool add(std::size_t stage, std::int64_t step, double score);

  /// Best first.
  std::vector<std::int64_t> steps() const;
  /// Of the best; NaN before the first validation.
  double best_score() const;

  io::Json to_json() const;
  /// Throws Error{kBadData} that names `where`.
  void load(const io::Json& json, const std::string& where);

 private:
  struct Entry {
    std::int64_t step = 0;
    double score = 0;
  };
  std::size_t keep_;
  std::size_t stage_ = 0;
  std::vector<Entry> entries_;  ///< best first
};

/// After the checkpoint of `step` was written: deletes those that are neither among the last `keep_last` nor
/// among `best`, those of later steps (resume refused them, so they are damaged), and what a kill or a full
/// disk left half written.
void remove_old_checkpoints(const std::filesystem::path& run, std::int64_t step, std::int64_t keep_last,
                            const BestCheckpoints& best);

/// The paths of the `count` best checkpoints, best first. `last` is a checkpoint of the run that records
/// them, `trainer` its state. Throws Error{kUsage} when fewer were kept.
std::vector<std::filesystem::path> best_checkpoint_paths(const std::filesystem::path& last,
                                                         const io::Json& trainer, std::int64_t count);

}  // namespace palimpsest::train
