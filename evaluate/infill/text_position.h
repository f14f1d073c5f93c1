// Places in a text file as people and editors write them: LINE:COL, both from 1, columns in Unicode code
// points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace palimpsest::infill {

/// A byte range [begin, end) of a text; begin == end is an insertion point.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// "12:5" is an insertion point; "12:5-12:20" or "12:5-14:1" a range. Throws Error{kUsage} when `place` is
/// malformed or lies outside the text (one past a line's last character is inside).
TextRange parse_text_range(const std::string& place, std::string_view text, const std::string& file);

}  // namespace palimpsest::infill
