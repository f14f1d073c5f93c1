// Hand-written splitters for the patterns of the presets: what PCRE2 does with them, faster.
#pragma once

#include <string_view>
#include <vector>

namespace palimpsest::tokens {

/// Appends the matches of one pattern and what lies between them. The text is valid UTF-8 and not empty.
/// Thread-safe; linear in the text.
using Splitter = void (*)(std::string_view text, std::vector<std::string_view>& pieces);

/// The splitter for exactly this pattern text, or nullptr.
Splitter find_splitter(std::string_view pattern);

}  // namespace palimpsest::tokens
