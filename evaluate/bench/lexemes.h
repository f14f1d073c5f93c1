// Code as the baselines see it: words, numbers, runs of white space and single signs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::bench {

/// Pieces that make up the text, in order; views into it. White space up to its last newline is one piece,
/// the indentation behind that another.
std::vector<std::string_view> split_lexemes(std::string_view text);

/// The last `bytes` of the text, less a lexeme that would be cut.
std::string_view last_part(std::string_view text, std::size_t bytes);

}  // namespace palimpsest::bench
