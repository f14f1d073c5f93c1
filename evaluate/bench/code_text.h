// Text as CodeBLEU sees it: words between white space, and code without comments. White space is that of
// Python's str.split(), because the reference implementation uses it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::bench {

/// The text without white space at both ends.
std::string_view trim(std::string_view text);

/// What stands between white space; views into `text`.
std::vector<std::string_view> split_words(std::string_view text);

/// Each `//` and `/* */` comment becomes one space, then blank lines go. Quoted strings are kept; template
/// and regular expression literals are not understood (nor are they by the reference).
std::string remove_comments(std::string_view code);

}  // namespace palimpsest::bench
