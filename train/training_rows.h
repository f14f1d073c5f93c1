// The rows of a run in order, read ahead while the model computes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "common/tokens/row_order.h"
#include "common/tokens/row_stream.h"
#include "common/tokens/shard_reader.h"

namespace palimpsest::train {

/// A RowSampler whose next rows are on their way into the cache of the shards. Order and position are the
/// sampler's, whatever is read ahead. Not thread-safe.
class TrainingRows {
 public:
  /// Begins with the natural mix. `shards` must outlive it.
  TrainingRows(const tokens::ShardReader& shards, std::uint64_t seed);

  /// Starts a new mix, as RowSampler::set_weights() does. Reads at least `rows_ahead` rows ahead, and of them
  /// only those whose number in the mix `is_read` holds for.
  void set_weights(const std::vector<double>& weights, std::uint64_t rows_ahead,
                   std::function<bool(std::uint64_t)> is_read);

  /// Its ids come from the shards, which report damage.
  tokens::RowRef next();

  tokens::DataPosition position() const { return sampler_.position(); }

  /// Throws as RowSampler::seek() does.
  void seek(const tokens::DataPosition& position);

 private:
  void restart_stream();

  const tokens::ShardReader& shards_;
  tokens::RowSampler sampler_;
  tokens::StreamOptions options_;
  std::unique_ptr<tokens::RowStream> stream_;  ///< at the sampler's row
};

}  // namespace palimpsest::train
