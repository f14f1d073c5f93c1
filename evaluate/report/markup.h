// HTML as a type of its own: text from repositories becomes Markup only through escaping, so that forgetting
// it does not compile.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "common/io/json.h"

namespace palimpsest::evaluate {

/// HTML that may stand in a page as it is.
class Markup {
 public:
  Markup() = default;
  /// For what is part of the program: literals and embedded files. Never for data.
  static Markup trusted(std::string_view html);

  Markup& operator+=(const Markup& other);
  bool empty() const { return html_.empty(); }
  const std::string& html() const { return html_; }

 private:
  std::string html_;
};

Markup operator+(Markup left, const Markup& right);

/// `raw` as valid UTF-8 in which nothing is invisible: bytes that are not UTF-8 (lone surrogates too) become
/// U+FFFD, control characters their pictures (U+2400...), bidirectional overrides and isolates `⟨U+202E⟩`.
/// Newline and tab stay.
std::string clean_text(std::string_view raw);

/// clean_text() with `& < > " '` escaped.
Markup text(std::string_view raw);

/// Attribute name (trusted) and value (escaped here).
using Attributes = std::initializer_list<std::pair<const char*, std::string>>;

/// `<tag name="value">content</tag>`; `tag` is trusted.
Markup element(const char* tag, Attributes attributes, const Markup& content = {});
Markup element(const char* tag, const Markup& content);

/// JSON for the inside of a <script type="application/json">: cleaned strings, no `<`, `>` or `&`.
std::string script_json(const io::Json& json);

}  // namespace palimpsest::evaluate
