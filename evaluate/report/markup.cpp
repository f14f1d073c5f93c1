#include "evaluate/report/markup.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include <simdjson.h>

namespace palimpsest::evaluate {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Length of the well-formed UTF-8 sequence at the front of `rest` (Unicode 15, table 3-7); 0 when there is
/// none.
std::size_t sequence_length(std::string_view rest) {
  const auto lead = static_cast<unsigned char>(rest[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || length > rest.size()) return 0;
  return simdjson::validate_utf8(rest.data(), length) ? length : 0;
}

std::uint32_t code_point(std::string_view sequence) {
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]);
  std::uint32_t code = static_cast<unsigned char>(sequence[0]) & (0xFFU >> (sequence.size() + 1));
  for (const char byte : sequence.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3FU);
  return code;
}

/// Bidi_Control of the Unicode character database: they make text look like other text.
bool is_bidi_control(std::uint32_t code) {
  return code == 0x61C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

void append_visible(std::string& out, std::string_view sequence) {
  const std::uint32_t code = code_point(sequence);
  if ((code < 0x20 && code != '\n' && code != '\t') || code == 0x7F) {
    const std::uint32_t picture = code == 0x7F ? 0x21 : code;
    out += {'\xE2', '\x90', static_cast<char>(0x80 + picture)};
  } else if (is_bidi_control(code) || (code >= 0x80 && code < 0xA0)) {
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(code));
    out += std::string("⟨") + name.data() + "⟩";
  } else {
    out += sequence;
  }
}

io::Json cleaned(const io::Json& json) {
  if (json.is_string()) return clean_text(json.get_ref<const std::string&>());
  if (!json.is_structured()) return json;
  io::Json copy = json.is_array() ? io::Json::array() : io::Json::object();
  for (const auto& [key, value] : json.items()) {
    if (json.is_array()) {
      copy.push_back(cleaned(value));
    } else {
      copy[clean_text(key)] = cleaned(value);
    }
  }
  return copy;
}

}  // namespace

Markup Markup::trusted(std::string_view html) {
  Markup markup;
  markup.html_ = html;
  return markup;
}

Markup& Markup::operator+=(const Markup& other) {
  html_ += other.html_;
  return *this;
}

Markup operator+(Markup left, const Markup& right) {
  left += right;
  return left;
}

std::string clean_text(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const std::size_t length = sequence_length(raw);
    if (length == 0) {
      out += kReplacement;
    } else {
      append_visible(out, raw.substr(0, length));
    }
    raw.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

Markup text(std::string_view raw) {
  std::string out;
  for (const char c : clean_text(raw)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return Markup::trusted(out);
}

Markup element(const char* tag, Attributes attributes, const Markup& content) {
  std::string open = std::string("<") + tag;
  for (const auto& [name, value] : attributes)
    open += std::string(" ") + name + "=\"" + text(value).html() + "\"";
  return Markup::trusted(open + ">" + content.html() + "</" + tag + ">");
}

Markup element(const char* tag, const Markup& content) {
  return element(tag, {}, content);
}

std::string script_json(const io::Json& json) {
  std::string out;
  for (const char c : cleaned(json).dump(-1, ' ', false, io::Json::error_handler_t::replace)) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace palimpsest::evaluate
