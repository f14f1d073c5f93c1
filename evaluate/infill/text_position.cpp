#include "evaluate/infill/text_position.h"

#include <charconv>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/utf8.h"

namespace palimpsest::infill {
namespace {

bool parse_number(std::string_view text, std::size_t& number) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && number >= 1;
}

std::size_t to_offset(std::string_view place, std::string_view text, const std::string& file) {
  const std::size_t colon = place.find(':');
  std::size_t line = 0;
  std::size_t column = 0;
  if (colon == std::string_view::npos || !parse_number(place.substr(0, colon), line) ||
      !parse_number(place.substr(colon + 1), column)) {
    throw base::Error(base::ErrorCode::kUsage, "bad position",
                      {.got = std::string(place), .expected = "LINE:COL, both from 1"});
  }
  std::size_t offset = 0;
  for (std::size_t i = 1; i < line; ++i) {
    const std::size_t newline = text.find('\n', offset);
    if (newline == std::string_view::npos) {
      throw base::Error(
          base::ErrorCode::kUsage, "position is outside the file",
          {.got = fmt::format("line {}", line), .expected = fmt::format("1 to {}", i), .where = file});
    }
    offset = newline + 1;
  }
  for (std::size_t i = 1; i < column; ++i) {
    if (offset >= text.size() || text[offset] == '\n') {
      throw base::Error(base::ErrorCode::kUsage, "position is outside the line",
                        {.got = fmt::format("column {}", column),
                         .expected = fmt::format("1 to {}", i),
                         .where = fmt::format("{}:{}", file, line)});
    }
    ++offset;
    while (offset < text.size() && base::is_continuation_byte(text[offset])) ++offset;
  }
  return offset;
}

}  // namespace

TextRange parse_text_range(const std::string& place, std::string_view text, const std::string& file) {
  const std::size_t dash = place.find('-');
  TextRange range;
  range.begin = to_offset(std::string_view(place).substr(0, dash), text, file);
  range.end = dash == std::string::npos ? range.begin
                                        : to_offset(std::string_view(place).substr(dash + 1), text, file);
  if (range.end < range.begin) {
    throw base::Error(base::ErrorCode::kUsage, "range ends before it begins", {.got = place});
  }
  return range;
}

}  // namespace palimpsest::infill
