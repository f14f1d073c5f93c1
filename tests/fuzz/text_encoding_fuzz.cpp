// UTF-16 to UTF-8 against a decoder that goes unit by unit.
#include <optional>

#include <simdjson.h>

#include "ingest/text_encoding.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

void append(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static constexpr std::uint32_t kLead[] = {0x00, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(kLead[more] | point >> 6 * more);
  for (int left = more - 1; left >= 0; --left) text += static_cast<char>(0x80 | (point >> 6 * left & 0x3F));
}

std::optional<std::string> slow_decode(std::string_view bytes) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  const bool big = static_cast<unsigned char>(bytes[0]) == 0xFE;
  const auto unit = [&](std::size_t at) {
    const auto a = static_cast<unsigned char>(bytes[at]);
    const auto b = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big ? a << 8 | b : b << 8 | a);
  };
  std::string text;
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    const std::uint32_t first = unit(at);
    if (first < 0xD800 || first > 0xDFFF) {
      append(text, first);
      continue;
    }
    at += 2;
    if (first > 0xDBFF || at >= bytes.size() || unit(at) < 0xDC00 || unit(at) > 0xDFFF) return std::nullopt;
    append(text, 0x10000 + ((first - 0xD800) << 10) + (unit(at) - 0xDC00));
  }
  return text;
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view input) {
  if (ingest::utf16_name(input) == nullptr) return;
  const auto text = ingest::utf16_to_utf8(input);
  check(text == slow_decode(input), "another text than the slow decoder's");
  if (text) check(simdjson::validate_utf8(text->data(), text->size()), "no UTF-8");
}
