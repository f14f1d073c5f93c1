// Rows in training order with their frames read ahead: what a loader iterates over.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include <tbb/task_group.h>

#include "common/io/io_threads.h"
#include "common/tokens/row_order.h"
#include "common/tokens/shard_reader.h"

namespace palimpsest::tokens {

struct StreamOptions {
  std::uint64_t reader = 0;       ///< this stream takes the rows n of the order with n % readers == reader
  std::uint64_t readers = 1;      ///< at least 1
  std::uint64_t rows_ahead = 64;  ///< read ahead; fewer if half the frame cache holds fewer frames
  /// Only the rows whose numbers it holds for are read ahead; empty = all.
  std::function<bool(std::uint64_t)> is_read;
};

/// Reads ahead on oneTBB, and over a network on ShardReader::parallel_reads() threads of its own, which the
/// destructor waits for. Not thread-safe; streams of one ShardReader may run in many threads, and share its
/// cache. Streams 0..N-1 of N together give each row of the order once, whatever N.
class RowStream {
 public:
  /// `shards` must outlive the stream. Throws Error{kBadData} when `reader` is not below `readers`.
  RowStream(const ShardReader& shards, RowOrder order, const StreamOptions& options = {});
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  /// The next row of this stream; its ids come from ShardReader::read_row(), which reports damage: reading
  /// ahead never does.
  RowRef next();

  /// next() with the ids, `ids` has row_tokens() entries. Throws as read_row() does.
  RowRef next(std::span<TokenId> ids);

  /// Number in the order of the row that next() returns.
  std::uint64_t row_number() const { return next_; }

  /// Goes to this stream's first row with number `row` or more.
  void seek(std::uint64_t row);

 private:
  void read_ahead();

  const ShardReader& shards_;
  RowOrder order_;
  StreamOptions options_;
  std::atomic<std::uint64_t> next_;
  std::uint64_t requested_;  ///< rows of this stream before it have been read ahead or passed
  tbb::task_group tasks_;
  std::unique_ptr<io::IoThreads> io_threads_;  ///< null when the rows are local
};

}  // namespace palimpsest::tokens
