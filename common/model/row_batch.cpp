#include "common/model/row_batch.h"

#include <algorithm>

namespace palimpsest::model {

std::vector<std::size_t> spread_rows(std::size_t rows, std::int64_t most) {
  const std::size_t taken = most > 0 ? std::min(rows, static_cast<std::size_t>(most)) : rows;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < taken; ++i) numbers.push_back(i * rows / taken);
  return numbers;
}

std::int64_t RowBatch::maskable() const {
  std::int64_t sum = 0;
  for (const BatchSegment& segment : segments) sum += segment.maskable();
  return sum;
}

std::int64_t RowBatch::text_bytes() const {
  std::int64_t sum = 0;
  for (const BatchSegment& segment : segments) sum += segment.text_bytes;
  return sum;
}

void RowBatch::append(const RowBatch& other) {
  ids.insert(ids.end(), other.ids.begin(), other.ids.end());
  for (BatchSegment segment : other.segments) {
    segment.row += rows;
    segments.push_back(segment);
  }
  rows += other.rows;
}

void RowBatch::add_row(const tokens::ShardReader& shards, std::size_t label, std::size_t row) {
  const tokens::RowView view = shards.view_row(label, row);  // widened straight out of the frame
  ids.insert(ids.end(), view.ids.begin(), view.ids.end());
  add_segments(shards, label, row);
}

void RowBatch::add_unread_row(const tokens::ShardReader& shards, std::size_t label, std::size_t row) {
  ids.insert(ids.end(), shards.row_tokens(), tokens::kPadId);
  add_segments(shards, label, row);
}

void RowBatch::add_segments(const tokens::ShardReader& shards, std::size_t label, std::size_t row) {
  row_tokens = static_cast<std::int64_t>(shards.row_tokens());
  for (const tokens::SegmentInfo& segment : shards.segments(label, row)) {
    segments.push_back({.row = rows,
                        .begin = segment.begin,
                        .end = segment.end,
                        .header = segment.header_tokens,
                        .label = static_cast<std::int64_t>(label),
                        .text_bytes = segment.text_bytes()});
  }
  ++rows;
}

}  // namespace palimpsest::model
