// The character classes that the presets' patterns use, in constant time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace palimpsest::tokens {

/// General categories, grouped. They are those of the Unicode version inside Hugging Face `tokenizers`,
/// because the ids must equal its; PCRE2 may be older and then lacks the newest characters.
enum class CharClass : std::uint8_t {
  kOther,
  kUpper,   ///< Lu, Lt
  kLower,   ///< Ll
  kLetter,  ///< Lm, Lo
  kMark,    ///< M
  kNumber,  ///< N
  kSpace,   ///< White_Space
};

/// A set of classes, one bit each.
using CharClasses = std::uint8_t;
constexpr CharClasses bit(CharClass c) {
  return static_cast<CharClasses>(1U << static_cast<unsigned>(c));
}

inline constexpr std::size_t kAsciiCount = 128;

/// The class of each ASCII character, as a set.
inline constexpr std::array<CharClasses, kAsciiCount> kAsciiClasses = [] {
  std::array<CharClasses, kAsciiCount> classes{};
  for (std::size_t i = 0; i < kAsciiCount; ++i) {
    const char c = static_cast<char>(i);
    const CharClass found = c >= 'A' && c <= 'Z'                   ? CharClass::kUpper
                            : c >= 'a' && c <= 'z'                 ? CharClass::kLower
                            : c >= '0' && c <= '9'                 ? CharClass::kNumber
                            : c == ' ' || (c >= '\t' && c <= '\r') ? CharClass::kSpace
                                                                   : CharClass::kOther;
    classes[i] = bit(found);
  }
  return classes;
}();

/// Reads one character of valid UTF-8 at `at` < text.size(); sets its size in bytes.
CharClass class_at(std::string_view text, std::size_t at, std::size_t& size);

CharClass class_of(char32_t point);

}  // namespace palimpsest::tokens
