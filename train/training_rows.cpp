#include "train/training_rows.h"

#include <algorithm>
#include <utility>

namespace palimpsest::train {

TrainingRows::TrainingRows(const tokens::ShardReader& shards, std::uint64_t seed)
    : shards_(shards), sampler_(shards.row_counts(), seed) {
  restart_stream();
}

void TrainingRows::set_weights(const std::vector<double>& weights, std::uint64_t rows_ahead,
                               std::function<bool(std::uint64_t)> is_read) {
  sampler_.set_weights(weights);
  options_.rows_ahead = std::max(options_.rows_ahead, rows_ahead);
  options_.is_read = std::move(is_read);
  restart_stream();
}

tokens::RowRef TrainingRows::next() {
  stream_->next();
  return sampler_.next();
}

void TrainingRows::seek(const tokens::DataPosition& position) {
  sampler_.seek(position);
  restart_stream();
}

void TrainingRows::restart_stream() {
  stream_ = std::make_unique<tokens::RowStream>(shards_, sampler_.order(), options_);
  stream_->seek(sampler_.position().total);
}

}  // namespace palimpsest::train
