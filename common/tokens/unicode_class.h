// The character classes that the presets' patterns use, in constant time.
#pragma once

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

/// Reads one character of valid UTF-8 at `at` < text.size(); sets its size in bytes.
CharClass class_at(std::string_view text, std::size_t at, std::size_t& size);

CharClass class_of(char32_t point);

}  // namespace palimpsest::tokens
