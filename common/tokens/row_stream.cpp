#include "common/tokens/row_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/error.h"

namespace palimpsest::tokens {

RowStream::RowStream(const ShardReader& shards, RowOrder order, const StreamOptions& options)
    : shards_(shards),
      order_(std::move(order)),
      options_(options),
      next_(options.reader),
      requested_(options.reader) {
  if (options.reader >= options.readers) {
    throw base::Error(
        base::ErrorCode::kBadData, "no such reader",
        {.got = std::to_string(options.reader), .expected = "less than " + std::to_string(options.readers)});
  }
  // More would push frames out of the cache before they are used.
  options_.rows_ahead = std::min<std::uint64_t>(options.rows_ahead, shards.cached_frames() / 2);
  if (shards.parallel_reads() > 1) io_threads_ = std::make_unique<io::IoThreads>(shards.parallel_reads());
}

RowStream::~RowStream() {
  tasks_.cancel();
  tasks_.wait();
}

RowRef RowStream::next() {
  read_ahead();
  const RowRef row = order_.at(next_);
  next_ += options_.readers;
  return row;
}

RowRef RowStream::next(std::span<TokenId> ids) {
  const RowRef row = next();
  shards_.read_row(row.label, row.row, ids);
  return row;
}

void RowStream::seek(std::uint64_t row) {
  const std::uint64_t round = row / options_.readers + (row % options_.readers > options_.reader ? 1 : 0);
  next_ = round * options_.readers + options_.reader;
  requested_ = next_;
}

void RowStream::read_ahead() {
  // The row at next_ itself is for the caller to read at once.
  requested_ = std::max<std::uint64_t>(requested_, next_ + options_.readers);
  const std::uint64_t end = next_ + (options_.rows_ahead + 1) * options_.readers;
  for (; requested_ < end; requested_ += options_.readers) {
    if (options_.is_read && !options_.is_read(requested_)) continue;
    const auto load = [this, number = requested_] {
      if (number < next_) return;  // the caller was faster
      const RowRef row = order_.at(number);
      try {
        shards_.prefetch(row.label, row.row);
      } catch (...) {  // a failed load is not kept, so read_row() meets the error again and reports it
      }
    };
    if (io_threads_) {
      io_threads_->run(load);
    } else {
      tasks_.run(load);
    }
  }
}

}  // namespace palimpsest::tokens
