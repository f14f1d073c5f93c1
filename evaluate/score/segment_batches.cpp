#include "evaluate/score/segment_batches.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/random.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uint64_t kHoleStream = 0x686f6c65;  // "hole"
constexpr std::int64_t kLeastContext = 3;          // a token on each side and `<|end|>`

/// Copies a segment of `from` to the end of the batch's last row.
void append_segment(const model::RowBatch& from, const model::BatchSegment& segment, std::int64_t skipped,
                    model::RowBatch& to) {
  const std::int64_t begin =
      to.segments.empty() || to.segments.back().row != to.rows - 1 ? 0 : to.segments.back().end;
  model::BatchSegment copy = segment;
  copy.row = to.rows - 1;
  copy.begin = begin;
  copy.end = begin + segment.end - segment.begin - skipped;
  copy.header = segment.header - skipped;
  for (std::int64_t i = segment.begin + skipped; i < segment.end; ++i) {
    to.ids[static_cast<std::size_t>(to.flat(copy.row, copy.begin + i - segment.begin - skipped))] =
        from.ids[static_cast<std::size_t>(from.flat(segment.row, i))];
  }
  to.segments.push_back(copy);
}

void add_empty_row(model::RowBatch& batch, std::int64_t row_tokens) {
  batch.row_tokens = row_tokens;
  batch.rows += 1;
  batch.ids.resize(static_cast<std::size_t>(batch.rows * row_tokens), tokens::kPadId);
}

model::RowBatch without_headers(const model::RowBatch& rows) {
  model::RowBatch bare;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    add_empty_row(bare, rows.row_tokens);
    for (const model::BatchSegment& segment : rows.segments) {
      if (segment.row == row) append_segment(rows, segment, segment.header, bare);
    }
  }
  return bare;
}

void number_segments(std::vector<SegmentBatch>& batches) {
  std::uint64_t segments = 0;
  for (SegmentBatch& batch : batches) {
    batch.first_segment = segments;
    segments += batch.rows.segments.size();
  }
}

}  // namespace

std::vector<SegmentBatch> batches_of_split(const tokens::ShardReader& shards, Headers headers) {
  std::vector<SegmentBatch> batches;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (std::size_t row = 0; row < shards.row_count(label); ++row) {
      if (batches.empty() || batches.back().rows.rows >= kBatchRows) batches.emplace_back();
      batches.back().rows.add_row(shards, label, row);
      for (const tokens::SegmentInfo& segment : shards.segments(label, row))
        batches.back().document.push_back(segment.document);
    }
  }
  for (SegmentBatch& batch : batches) {
    if (headers == Headers::kRemoved) batch.rows = without_headers(batch.rows);
  }
  number_segments(batches);
  return batches;
}

std::vector<SegmentBatch> batches_of_segments(const tokens::ShardReader& shards, std::int64_t per_label) {
  std::vector<SegmentBatch> batches;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (const std::size_t number : model::spread_rows(shards.row_count(label), per_label)) {
      model::RowBatch row;
      row.add_row(shards, label, number);
      if (batches.empty() || batches.back().rows.rows >= kBatchRows) batches.emplace_back();
      SegmentBatch& batch = batches.back();
      add_empty_row(batch.rows, row.row_tokens);
      append_segment(row, row.segments.front(), 0, batch.rows);
      batch.document.push_back(shards.segments(label, number).front().document);
    }
  }
  number_segments(batches);
  return batches;
}

void cut_holes(std::vector<SegmentBatch>& batches, const tokens::Tokenizer& tokenizer, std::uint64_t seed) {
  for (SegmentBatch& batch : batches) {
    SegmentBatch cut = {.rows = batch.rows, .document = {}, .holes = {}};
    cut.rows.segments.clear();
    for (std::size_t s = 0; s < batch.rows.segments.size(); ++s) {
      model::BatchSegment segment = batch.rows.segments[s];
      if (segment.maskable() <= kLeastContext) continue;
      base::Random random{kHoleStream, seed, batch.first_segment + s};
      const std::int64_t longest = std::min(kLongestHole, segment.maskable() - kLeastContext);
      const auto length = 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(longest)));
      const auto places = static_cast<std::uint64_t>(segment.maskable() - length - kLeastContext + 1);
      const std::int64_t begin = 1 + static_cast<std::int64_t>(random.below(places));
      std::vector<std::int64_t> hole;
      segment.text_bytes = 0;
      for (std::int64_t i = begin; i < begin + length; ++i) {
        hole.push_back(batch.rows.flat(segment.row, segment.maskable_begin() + i));
        const auto id = static_cast<tokens::TokenId>(batch.rows.ids[static_cast<std::size_t>(hole.back())]);
        segment.text_bytes += static_cast<std::int64_t>(tokenizer.bytes(id).size());
      }
      cut.rows.segments.push_back(segment);
      cut.document.push_back(batch.document[s]);
      cut.holes.push_back(std::move(hole));
    }
    batch = std::move(cut);
  }
  std::erase_if(batches, [](const SegmentBatch& batch) { return batch.rows.segments.empty(); });
  number_segments(batches);
}

}  // namespace palimpsest::evaluate
