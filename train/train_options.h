// Options of `train run`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/options.h"
#include "common/io/remote_options.h"

namespace palimpsest::train {

struct TrainOptions {
  base::RunOptions run;
  std::filesystem::path shards;         ///< output directory of `shard build`, or its URL
  io::RemoteOptions remote;             ///< for a URL
  std::string model = "nano";           ///< preset or TOML file
  std::string recipe = "two-stage";     ///< preset or TOML file
  double step_scale = 1;                ///< multiplies the steps of every stage
  std::uint64_t seed = 1;               ///< initial weights, row order, masks
  std::string device = "cpu";           ///< cpu or cuda
  std::int64_t validate_every = 200;    ///< steps between validations; 0 = only at the end
  std::int64_t validate_rows = 32;      ///< rows of each label in a validation during training
  std::int64_t checkpoint_every = 200;  ///< steps between checkpoints
  std::int64_t keep_checkpoints = 2;    ///< how many of the last ones stay
  std::int64_t keep_best = 1;           ///< how many with the best validation stay besides
  double minutes = 0;                   ///< of wall-clock time, over all resumes; 0 = no limit
  std::int64_t patience = 0;            ///< validations without a better one that end the run; 0 = never
  double rank_timeout = 600;            ///< seconds that ranks wait for each other

  /// Throws Error{kUsage}.
  void validate() const;
};

}  // namespace palimpsest::train
