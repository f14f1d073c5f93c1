// Every character with its class by PCRE2: the oracle of our table, and which characters PCRE2 is too old
// for.
#pragma once

#include <string>
#include <vector>

#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/unicode_class.h"

namespace palimpsest::test {

inline std::string utf8(char32_t point) {
  const auto byte = [](char32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  const auto rest = [&](int shift, char32_t value) { return byte(0x80 | (value >> shift & 0x3f)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | point >> 6), rest(0, point)};
  if (point < 0x10000) return {byte(0xe0 | point >> 12), rest(6, point), rest(0, point)};
  return {byte(0xf0 | point >> 18), rest(12, point), rest(6, point), rest(0, point)};
}

struct Pcre2Class {
  char32_t point = 0;
  tokens::CharClass class_of = tokens::CharClass::kOther;
  bool assigned = true;
};

inline bool is_surrogate(char32_t point) {
  return point >= 0xd800 && point < 0xe000;
}

/// Whether PCRE2 finds the pattern in a character: twice in a row it then is two pre-tokens instead of one.
inline bool pcre2_finds(const tokens::PreTokenizer& pattern, const std::string& character) {
  std::vector<std::string_view> pieces;
  const std::string twice = character + character;
  pattern.split(twice, pieces);
  return pieces.size() == 2;
}

/// One entry for each code point but the surrogates.
inline const std::vector<Pcre2Class>& pcre2_classes() {
  static const std::vector<Pcre2Class> classes = [] {
    std::vector<tokens::PreTokenizer> patterns;  // in the order of CharClass from kUpper
    for (const char* pattern : {R"([\p{Lu}\p{Lt}])", R"(\p{Ll})", R"([\p{Lm}\p{Lo}])", R"(\p{M})", R"(\p{N})",
                                R"([\p{Z}\t-\r\x{85}])"}) {
      patterns.emplace_back(pattern, "test");
    }
    const tokens::PreTokenizer unassigned(R"(\p{Cn})", "test");
    std::vector<Pcre2Class> found;
    for (char32_t point = 0; point < 0x110000; ++point) {
      if (is_surrogate(point)) continue;
      Pcre2Class entry = {.point = point, .assigned = !pcre2_finds(unassigned, utf8(point))};
      for (std::size_t i = 0; entry.assigned && i < patterns.size(); ++i) {
        if (pcre2_finds(patterns[i], utf8(point))) entry.class_of = static_cast<tokens::CharClass>(i + 1);
      }
      found.push_back(entry);
    }
    return found;
  }();
  return classes;
}

}  // namespace palimpsest::test
