// Rows made from the input, written and read again.
#include <vector>

#include "common/tokens/shard_file.h"
#include "common/tokens/shard_writer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

namespace {

using namespace palimpsest;
using tokens::TokenId;

struct Row {
  std::size_t label = 0;
  std::vector<TokenId> ids;
  std::vector<tokens::SegmentInfo> segments;
};

Row make_row(fuzz::Input& input, const tokens::ShardHeader& header, std::size_t label,
             std::uint32_t document) {
  Row row{.label = label, .ids = {}, .segments = {}};
  std::size_t end = 0;
  do {
    const std::size_t length = 1 + input.below(header.row_tokens - end);
    const auto header_tokens = static_cast<std::uint16_t>(input.below(length));
    const auto begin_text = static_cast<std::uint32_t>(input.below(65536));
    row.segments.push_back({.begin = static_cast<std::uint16_t>(end),
                            .end = static_cast<std::uint16_t>(end + length),
                            .header_tokens = header_tokens,
                            .document = document,
                            .text_begin = begin_text,
                            .text_end = begin_text + input.byte()});
    end += length;
  } while (end < header.row_tokens && input.byte() % 3 != 0);
  for (std::size_t i = 0; i < header.row_tokens; ++i)
    row.ids.push_back(static_cast<TokenId>(i < end ? input.below(header.vocabulary_size) : tokens::kPadId));
  return row;
}

bool same_segments(const Row& row, std::span<const tokens::SegmentInfo> read) {
  if (read.size() != row.segments.size()) return false;
  for (std::size_t i = 0; i < read.size(); ++i) {
    const auto& a = row.segments[i];
    const auto& b = read[i];
    if (a.begin != b.begin || a.end != b.end || a.header_tokens != b.header_tokens ||
        a.document != b.document || a.text_begin != b.text_begin || a.text_end != b.text_end)
      return false;
  }
  return true;
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view bytes) {
  Input input(bytes);
  tokens::ShardHeader header{.split = static_cast<tokens::Split>(input.below(3)),
                             .row_tokens = static_cast<std::uint32_t>(64U << input.below(4)),
                             .vocabulary_size = static_cast<std::uint32_t>(9 + input.below(60000)),
                             .tokenizer_digest = std::string(64, 'a'),
                             .labels = {}};
  for (std::size_t left = 1 + input.below(4); left > 0; --left)
    header.labels.emplace_back(input.take(input.byte()));
  const auto path = input_file("round-trip.pls", "");
  std::vector<Row> rows;
  tokens::ShardWriter writer(path, header);
  for (std::size_t label = 0; !input.empty() && rows.size() < 3000;) {
    label = std::min(label + input.byte() % 2, header.labels.size() - 1);
    const std::string origin(input.take(input.byte() % 40));
    const std::uint32_t document = writer.add_document({origin, origin, origin});
    rows.push_back(make_row(input, header, label, document));
    writer.add_row(label, rows.back().ids, rows.back().segments);
  }
  writer.finish();

  const tokens::ShardFile shard(path);
  check(shard.header() == header && shard.row_count() == rows.size(), "another header");
  std::size_t row = 0;
  for (std::size_t frame = 0; frame < shard.frame_count(); ++frame) {
    const std::vector<TokenId> ids = shard.read_frame(frame);
    for (std::size_t at = 0; at < ids.size(); at += header.row_tokens, ++row) {
      check(std::equal(rows[row].ids.begin(), rows[row].ids.end(),
                       ids.begin() + static_cast<std::ptrdiff_t>(at)),
            "other ids");
      check(shard.row_label(row) == rows[row].label && same_segments(rows[row], shard.segments(row)),
            "another row");
    }
  }
  check(row == rows.size(), "rows lost");
}
