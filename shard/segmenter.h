// Cuts one document into segments: runs of chunks with one label, no longer than a row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/document.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::shard {

struct Segment {
  std::string label;
  std::vector<tokens::TokenId> ids;  ///< header, text, `<|end|>`
  std::uint16_t header_tokens = 0;
  std::uint32_t text_begin = 0;  ///< bytes of the document's text
  std::uint32_t text_end = 0;
};

/// Immutable and thread-safe.
class Segmenter {
 public:
  /// `tokenizer` must outlive the segmenter. row_tokens: longest segment.
  Segmenter(const tokens::Tokenizer& tokenizer, std::size_t row_tokens, bool with_header);

  /// Segments in text order; their byte ranges tile the text. A run of chunks with one label that fits a row
  /// is one segment. A longer one is cut so that each segment fills a row up to a few tokens: at the end of
  /// a chunk when one is that close to the row's end, else at a line end, else at a token boundary that is
  /// also a character boundary. A rest of a few tokens is avoided by cutting the piece before it short. A
  /// segment's ids are exactly the encoding of its own text. Throws Error{kBadData} on a text of 4 GiB or
  /// more.
  std::vector<Segment> cut(const io::Document& document) const;

 private:
  struct Run;
  struct Aim;
  struct Piece;
  Piece next_piece(const Run& run, std::size_t begin) const;
  Piece cut_piece(const Run& run, std::size_t begin, std::vector<tokens::TokenId> ids, Aim aim) const;

  const tokens::Tokenizer& tokenizer_;
  std::size_t row_tokens_;
  bool with_header_;
};

}  // namespace palimpsest::shard
