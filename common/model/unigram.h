// The unigram coder: what knowing only token frequencies costs. The baseline every model must beat.
#pragma once

#include <vector>

#include "common/tokens/shard_reader.h"

namespace palimpsest::model {

/// Natural log-probability of each id, from the maskable tokens of `shards` with one added to every count.
/// `<|pad|>` and `<|mask|>` get the lowest finite float: they cannot be predicted.
std::vector<float> unigram_log_probs(const tokens::ShardReader& shards);

/// Nats that a coder with these log-probabilities needs for the maskable tokens of each label.
std::vector<double> unigram_nats(const tokens::ShardReader& shards, const std::vector<float>& log_probs);

}  // namespace palimpsest::model
