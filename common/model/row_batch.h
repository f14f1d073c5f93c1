// A batch of training rows on the host, before any tensor exists.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/tokens/shard_reader.h"

namespace palimpsest::model {

/// One segment of a batch. Positions count from the start of its row.
struct BatchSegment {
  std::int64_t row = 0;
  std::int64_t begin = 0;   ///< first position, header included
  std::int64_t end = 0;     ///< one past `<|end|>`
  std::int64_t header = 0;  ///< visible tokens at the front; never masked, in no loss
  std::int64_t label = 0;   ///< framework, which is also the expert that serves it under supervision
  std::int64_t text_bytes = 0;

  std::int64_t maskable_begin() const { return begin + header; }
  std::int64_t maskable() const {
    return end - begin - header;
  }  ///< L: tokens in the loss, `<|end|>` included
};

/// `most` of `rows` row numbers, evenly spaced; all for 0.
std::vector<std::size_t> spread_rows(std::size_t rows, std::int64_t most);

/// Rows of equal length with their segments in row order.
struct RowBatch {
  std::int64_t rows = 0;
  std::int64_t row_tokens = 0;
  std::vector<std::int64_t> ids;  ///< rows x row_tokens, row-major; padding is kPadId
  std::vector<BatchSegment> segments;

  std::int64_t flat(std::int64_t row, std::int64_t position) const { return row * row_tokens + position; }
  std::int64_t maskable() const;    ///< sum of L over the segments
  std::int64_t text_bytes() const;  ///< UTF-8 bytes that those tokens spell

  /// Appends the rows of a batch with rows as long.
  void append(const RowBatch& other);

  /// Appends one row of the shards.
  void add_row(const tokens::ShardReader& shards, std::size_t label, std::size_t row);

  /// Appends the segments of a row without reading its ids, which are padding then: a row of another rank.
  void add_unread_row(const tokens::ShardReader& shards, std::size_t label, std::size_t row);

 private:
  void add_segments(const tokens::ShardReader& shards, std::size_t label, std::size_t row);
};

}  // namespace palimpsest::model
