#include "shard/unit_writer.h"

#include <optional>
#include <unordered_map>
#include <utility>

#include "common/base/signals.h"
#include "common/tokens/shard_writer.h"
#include "shard/packing.h"

namespace palimpsest::shard {
namespace {

/// Starts a new shard file whenever one is full.
class FileSequence {
 public:
  FileSequence(const UnitSegments& segments, tokens::ShardHeader header, PathOfPart path_of)
      : segments_(segments), header_(std::move(header)), path_of_(std::move(path_of)) {
    open_next();
  }

  RowCounts write_label(std::size_t label) {
    const std::vector<PlacedSegment>& items = segments_.by_label[label];
    std::vector<std::size_t> lengths;
    for (const PlacedSegment& item : items) lengths.push_back(item.segment.ids.size());
    RowCounts counts;
    for (const std::vector<std::size_t>& row : pack_best_fit(lengths, header_.row_tokens)) {
      base::throw_if_stopped();
      write_row(label, items, row, counts);
    }
    counts.first_fit_rows = first_fit_rows(lengths, header_.row_tokens);
    return counts;
  }

  void finish() { writer_->finish(); }

 private:
  void open_next() {
    writer_.emplace(path_of_(files_++), header_);
    document_numbers_.clear();
  }

  void write_row(std::size_t label, const std::vector<PlacedSegment>& items,
                 const std::vector<std::size_t>& row, RowCounts& counts) {
    if (writer_->full()) {
      writer_->finish();
      open_next();
    }
    std::vector<tokens::TokenId> ids;
    std::vector<tokens::SegmentInfo> infos;
    for (const std::size_t number : row) {
      const auto& [segment, document] = items[number];
      const auto begin = static_cast<std::uint16_t>(ids.size());
      ids.insert(ids.end(), segment.ids.begin(), segment.ids.end());
      infos.push_back({.begin = begin,
                       .end = static_cast<std::uint16_t>(ids.size()),
                       .header_tokens = segment.header_tokens,
                       .document = document_number(document),
                       .text_begin = segment.text_begin,
                       .text_end = segment.text_end});
      counts.header_tokens += segment.header_tokens;
      counts.text_bytes += infos.back().text_bytes();
    }
    ++counts.rows;
    counts.segments += infos.size();
    counts.tokens += ids.size();
    counts.padding += header_.row_tokens - ids.size();
    ids.resize(header_.row_tokens, tokens::kPadId);
    writer_->add_row(label, ids, infos);
  }

  std::uint32_t document_number(std::size_t document) {
    const auto found = document_numbers_.find(document);
    if (found != document_numbers_.end()) return found->second;
    const std::uint32_t number = writer_->add_document(segments_.origins[document]);
    document_numbers_.emplace(document, number);
    return number;
  }

  const UnitSegments& segments_;
  tokens::ShardHeader header_;
  PathOfPart path_of_;
  std::optional<tokens::ShardWriter> writer_;
  std::unordered_map<std::size_t, std::uint32_t> document_numbers_;  ///< in the current file
  std::size_t files_ = 0;
};

}  // namespace

std::vector<RowCounts> write_unit(const UnitSegments& segments, const tokens::ShardHeader& header,
                                  const PathOfPart& path_of) {
  FileSequence files(segments, header, path_of);
  std::vector<RowCounts> counts;
  for (std::size_t label = 0; label < header.labels.size(); ++label)
    counts.push_back(files.write_label(label));
  files.finish();
  return counts;
}

}  // namespace palimpsest::shard
