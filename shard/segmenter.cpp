#include "shard/segmenter.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "common/base/error.h"
#include "common/tokens/visible_header.h"

namespace palimpsest::shard {
namespace {

using tokens::TokenId;

/// A row's length by the positions that may stay empty so that a cut falls on the end of a chunk or line.
constexpr std::size_t kSlackDivisor = 24;
/// A rest below this part of a row is not worth its header.
constexpr std::size_t kLeastRestDivisor = 16;
/// Bytes by token that a window is sized by at first: more than most code has.
constexpr std::size_t kWindowBytesPerToken = 6;

bool is_character_start(std::string_view text, std::size_t at) {
  return at == text.size() || (static_cast<std::uint8_t>(text[at]) & 0xc0) != 0x80;
}

std::size_t next_character(std::string_view text, std::size_t at) {
  while (!is_character_start(text, at)) ++at;
  return at;
}

}  // namespace

/// Consecutive chunks of one label: text[chunks.front().begin, end).
struct Segmenter::Run {
  std::string_view text;  ///< of the document
  std::span<const io::Chunk> chunks;
  std::size_t end = 0;
  std::size_t capacity = 0;  ///< text tokens of a segment
};

/// Where to cut: behind `most` tokens, or up to `slack` tokens earlier at a better place.
struct Segmenter::Aim {
  std::size_t most = 0;
  std::size_t slack = 0;
};

struct Segmenter::Piece {
  std::vector<TokenId> ids;
  std::size_t end = 0;
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
    const Run run{.text = document.text,
                  .chunks = chunks.subspan(first, last - first),
                  .end = chunks[last - 1].end,
                  .capacity = row_tokens_ - header.size() - 1};  // 1: `<|end|>`
    for (std::size_t at = chunks[first].begin; at < run.end; at = segments.back().text_end) {
      const Piece piece = next_piece(run, at);
      Segment segment{.label = chunks[first].framework,
                      .ids = {},
                      .header_tokens = static_cast<std::uint16_t>(header.size()),
                      .text_begin = static_cast<std::uint32_t>(at),
                      .text_end = static_cast<std::uint32_t>(piece.end)};
      segment.ids.reserve(header.size() + piece.ids.size() + 1);
      segment.ids.assign(header.begin(), header.end());
      segment.ids.insert(segment.ids.end(), piece.ids.begin(), piece.ids.end());
      segment.ids.push_back(tokens::kEndId);
      segments.push_back(std::move(segment));
    }
    first = last;
  }
  return segments;
}

/// Encodes a window that holds a full segment and a least rest, or reaches the end of the run.
Segmenter::Piece Segmenter::next_piece(const Run& run, std::size_t begin) const {
  const std::size_t least_rest = row_tokens_ / kLeastRestDivisor;
  const std::size_t wanted = run.capacity + least_rest;
  for (std::size_t bytes = wanted * kWindowBytesPerToken;; bytes *= 2) {
    const std::size_t end =
        run.end - begin <= bytes ? run.end : std::min(run.end, next_character(run.text, begin + bytes));
    std::vector<TokenId> ids = tokenizer_.encode(run.text.substr(begin, end - begin));
    const bool is_all = end == run.end;
    if (is_all && ids.size() <= run.capacity) return {std::move(ids), end};
    if (!is_all && ids.size() < wanted) continue;
    const std::size_t slack = row_tokens_ / kSlackDivisor;
    if (ids.size() >= wanted) return cut_piece(run, begin, std::move(ids), {run.capacity, slack});
    // A little more than a row. Halves, with their headers, would be longer than half a row each and share
    // one with nothing; so the first piece is as long as the least rest lets it be.
    const std::size_t most = ids.size() - least_rest;
    return cut_piece(run, begin, std::move(ids), {most, slack});
  }
}

/// `ids` encode the text from `begin` on. No merge crosses the end of a token, so ids in front of a cut
/// between two tokens stay as they are; a cut inside a token changes them, and they are encoded anew.
Segmenter::Piece Segmenter::cut_piece(const Run& run, std::size_t begin, std::vector<TokenId> ids,
                                      Aim aim) const {
  std::size_t at = begin;
  std::size_t earliest = begin;  // first byte where a cut gives up no more than the slack
  std::size_t whole_tokens = 0;  // of the longest prefix that ends with a whole character
  std::size_t whole_end = begin;
  for (std::size_t i = 0; i < aim.most; ++i) {
    at += tokenizer_.bytes(ids[i]).size();
    if (i + 1 + aim.slack == aim.most) earliest = at;
    if (is_character_start(run.text, at)) {
      whole_tokens = i + 1;
      whole_end = at;
    }
  }
  if (whole_tokens == 0) throw base::Error(base::ErrorCode::kBug, "a character longer than a row");

  const auto behind =
      std::upper_bound(run.chunks.begin(), run.chunks.end(), at,
                       [](std::size_t end, const io::Chunk& chunk) { return end < chunk.end; });
  std::size_t wished = behind == run.chunks.begin() ? 0 : std::prev(behind)->end;
  if (wished < earliest) {
    wished = 0;
    const std::string_view tail = run.text.substr(earliest, at - earliest);
    if (const std::size_t line = tail.rfind('\n'); line != std::string_view::npos)
      wished = earliest + line + 1;
  }
  if (wished > begin && wished != whole_end) {
    std::vector<TokenId> anew = tokenizer_.encode(run.text.substr(begin, wished - begin));
    if (anew.size() <= run.capacity) return {std::move(anew), wished};
  }
  ids.resize(whole_tokens);
  return {std::move(ids), whole_end};
}

}  // namespace palimpsest::shard
