#include "shard/segmenter.h"

#include <span>
#include <utility>

#include "common/base/error.h"
#include "common/tokens/visible_header.h"

namespace palimpsest::shard {
namespace {

using tokens::TokenId;

bool is_character_start(char c) {
  return (static_cast<std::uint8_t>(c) & 0xc0) != 0x80;
}

}  // namespace

/// Consecutive chunks of one label, and the header in front of each of their segments.
struct Segmenter::Run {
  std::span<const io::Chunk> chunks;
  std::span<const TokenId> header;
};

Segmenter::Segmenter(const tokens::Tokenizer& tokenizer, std::size_t row_tokens, bool with_header)
    : tokenizer_(tokenizer), row_tokens_(row_tokens), with_header_(with_header) {}

std::vector<Segment> Segmenter::cut(const io::Document& document) const {
  if (document.text.size() > UINT32_MAX) {
    throw base::Error(base::ErrorCode::kBadData, "text of 4 GiB or more", {.where = document.path});
  }
  std::vector<TokenId> header;
  if (with_header_) {
    header = tokens::encode_header(tokenizer_, tokens::visible_header(document.path, document.text));
  }
  const std::span<const io::Chunk> chunks(document.chunks);
  std::vector<Segment> segments;
  for (std::size_t first = 0; first < chunks.size();) {
    std::size_t last = first + 1;
    while (last < chunks.size() && chunks[last].framework == chunks[first].framework) ++last;
    const Run run{chunks.subspan(first, last - first), header};
    for (std::uint64_t at = run.chunks.front().begin; at < run.chunks.back().end;
         at = segments.back().text_end) {
      segments.push_back(next_segment(document, run, at));
    }
    first = last;
  }
  return segments;
}

Segment Segmenter::next_segment(const io::Document& document, const Run& run, std::uint64_t begin) const {
  const std::string_view text = document.text;
  const std::size_t capacity = row_tokens_ - run.header.size() - 1;  // 1: `<|end|>`
  std::vector<TokenId> body;
  std::uint64_t end = begin;
  for (const io::Chunk& chunk : run.chunks) {
    if (chunk.end <= begin) continue;
    std::vector<TokenId> longer = tokenizer_.encode(text.substr(begin, chunk.end - begin));
    if (longer.size() > capacity && end > begin) break;
    end = chunk.end;
    body = std::move(longer);
    if (body.size() > capacity) {
      end = begin + whole_prefix(body, text.substr(begin, chunk.end - begin), capacity);
      break;
    }
  }
  Segment segment{.label = run.chunks.front().framework,
                  .ids = {run.header.begin(), run.header.end()},
                  .header_tokens = static_cast<std::uint16_t>(run.header.size()),
                  .text_begin = static_cast<std::uint32_t>(begin),
                  .text_end = static_cast<std::uint32_t>(end)};
  segment.ids.insert(segment.ids.end(), body.begin(), body.end());
  segment.ids.push_back(tokens::kEndId);
  return segment;
}

/// Cuts `ids`, the encoding of `text`, to at most `capacity` that end with a whole character; returns their
/// bytes. No merge crosses the end of a token, so the rest of `ids` would not change if the text ended there.
std::size_t Segmenter::whole_prefix(std::vector<TokenId>& ids, std::string_view text,
                                    std::size_t capacity) const {
  std::size_t bytes = 0;
  std::size_t best_count = 0;
  std::size_t best_bytes = 0;
  for (std::size_t i = 0; i < capacity; ++i) {
    bytes += tokenizer_.bytes(ids[i]).size();
    if (is_character_start(text[bytes])) {
      best_count = i + 1;
      best_bytes = bytes;
    }
  }
  if (best_count == 0) throw base::Error(base::ErrorCode::kBug, "a character longer than a row");
  ids.resize(best_count);
  return best_bytes;
}

}  // namespace palimpsest::shard
