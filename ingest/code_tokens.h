// Tokens of TypeScript for comparing code: no white space, no comments, no semicolons, and names that can be
// renamed told apart from those that cannot.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

struct CodeToken {
  std::uint64_t hash = 0;  ///< of its text; of a string, without its quotes
  bool is_name =
      false;  ///< an identifier that may be renamed: no keyword, no built-in type, no member behind a dot
};

/// A lexer, not a parser: a regular expression is read as punctuation, a template string as code. Never
/// fails.
std::vector<CodeToken> code_tokens(std::string_view text);

/// Hashes of the windows of `length` tokens. Names count only by where in the window they occurred before
/// (parameterised matching, Baker 1993), so a consistent renaming changes nothing.
std::vector<std::uint64_t> renaming_ngrams(const std::vector<CodeToken>& tokens, std::size_t length);

/// Hashes of the windows of `length` words (letters and digits, lower case), of code and comments alike.
std::vector<std::uint64_t> word_ngrams(std::string_view text, std::size_t length);

}  // namespace palimpsest::ingest
