#include "common/model/unigram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/io/io_threads.h"
#include "common/model/row_batch.h"
#include "common/tokens/shard_format.h"

namespace palimpsest::model {
namespace {

/// Calls visit(label, id) for every maskable token.
template <typename Visit>
void for_each_maskable_token(const tokens::ShardReader& shards, const Visit& visit) {
  std::vector<tokens::TokenId> ids(shards.row_tokens());
  // Over a network, frames are asked for several at once.
  const std::size_t rows_ahead =
      shards.parallel_reads() * tokens::rows_per_frame(static_cast<std::uint32_t>(shards.row_tokens()));
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (std::size_t row = 0; row < shards.row_count(label); ++row) {
      if (row % rows_ahead == 0) {
        const std::size_t rows = std::min(rows_ahead, shards.row_count(label) - row);
        io::for_each_index(shards.parallel_reads(), rows,
                           [&](std::size_t i) { shards.prefetch(label, row + i); });
      }
      shards.read_row(label, row, ids);
      for (const tokens::SegmentInfo& segment : shards.segments(label, row)) {
        for (std::size_t i = segment.begin + segment.header_tokens; i < segment.end; ++i)
          visit(label, ids[i]);
      }
    }
  }
}

}  // namespace

std::vector<float> unigram_log_probs(const tokens::ShardReader& shards) {
  std::vector<double> counts(shards.vocabulary_size(), 1);
  double total = static_cast<double>(counts.size()) - 2;
  for_each_maskable_token(shards, [&](std::size_t, tokens::TokenId id) {
    counts[id] += 1;
    total += 1;
  });
  std::vector<float> log_probs;
  for (const double count : counts) log_probs.push_back(static_cast<float>(std::log(count / total)));
  log_probs[tokens::kPadId] = std::numeric_limits<float>::lowest();
  log_probs[tokens::kMaskId] = std::numeric_limits<float>::lowest();
  return log_probs;
}

std::vector<double> unigram_nats(const tokens::ShardReader& shards, const std::vector<float>& log_probs) {
  std::vector<double> nats(shards.labels().size());
  for_each_maskable_token(shards, [&](std::size_t label, tokens::TokenId id) {
    nats[label] -= static_cast<double>(log_probs[id]);
  });
  return nats;
}

}  // namespace palimpsest::model
