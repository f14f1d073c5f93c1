// Hand-written splitters for the patterns of the presets: what PCRE2 does with them, faster.
#pragma once

#include <string_view>
#include <vector>

namespace palimpsest::tokens {

/// Appends the matches of one pattern and what lies between them, from `begin` < text.size() on, and returns
/// where it stopped: at the end, or behind a piece when it has appended `limit` of them or somewhat more. The
/// text is valid UTF-8. Thread-safe; linear in the text.
using Splitter = std::size_t (*)(std::string_view text, std::size_t begin, std::size_t limit,
                                 std::vector<std::string_view>& pieces);

/// The splitter for exactly this pattern text, or nullptr.
Splitter find_splitter(std::string_view pattern);

}  // namespace palimpsest::tokens
