#include "evaluate/score/document_texts.h"

#include <map>
#include <utility>

namespace palimpsest::evaluate {

void for_each_segment(const tokens::ShardReader& shards,
                      const std::function<void(std::size_t, const tokens::SegmentInfo&,
                                               std::span<const tokens::TokenId>)>& visit) {
  std::vector<tokens::TokenId> ids(shards.row_tokens());
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (std::size_t row = 0; row < shards.row_count(label); ++row) {
      shards.read_row(label, row, ids);
      for (const tokens::SegmentInfo& segment : shards.segments(label, row)) {
        const std::size_t begin = segment.begin + std::size_t{segment.header_tokens};
        visit(label, segment, std::span(ids).subspan(begin, segment.end - begin));
      }
    }
  }
}

std::vector<DocumentText> document_texts(const tokens::ShardReader& shards,
                                         const tokens::Tokenizer& tokenizer) {
  struct Parts {
    std::map<std::uint32_t, std::string> by_begin;
    std::int64_t tokens = 0;
  };
  std::map<std::pair<std::size_t, std::uint32_t>, Parts> parts;
  for_each_segment(shards, [&](std::size_t label, const tokens::SegmentInfo& segment, auto ids) {
    Parts& of = parts[{label, segment.document}];
    of.by_begin[segment.text_begin] += tokenizer.decode(ids);
    of.tokens += static_cast<std::int64_t>(ids.size());
  });
  std::vector<DocumentText> texts;
  for (const auto& [key, of] : parts) {
    DocumentText& text = texts.emplace_back();
    text.family = key.first;
    text.document = key.second;
    text.tokens = of.tokens;
    for (const auto& [begin, part] : of.by_begin) text.text += part;
  }
  return texts;
}

std::string sample_text(const tokens::ShardReader& shards, const tokens::Tokenizer& tokenizer,
                        std::size_t bytes) {
  std::size_t all = 0;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (std::size_t row = 0; row < shards.row_count(label); ++row) {
      for (const tokens::SegmentInfo& segment : shards.segments(label, row)) all += segment.text_bytes();
    }
  }
  std::string text;
  double due = 0;  // bytes that should have been taken so far
  const double share = all <= bytes ? 1 : static_cast<double>(bytes) / static_cast<double>(all);
  for_each_segment(shards, [&](std::size_t, const tokens::SegmentInfo& segment, auto ids) {
    due += share * segment.text_bytes();
    if (static_cast<double>(text.size()) < due) text += tokenizer.decode(ids);
  });
  return text;
}

}  // namespace palimpsest::evaluate
