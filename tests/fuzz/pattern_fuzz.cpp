// The pattern language of frameworks.toml against a recursive matcher.
#include <algorithm>
#include <string>

#include "ingest/pattern.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

bool slow_match(std::string_view pattern, std::string_view text, bool star_crosses_slash) {
  const auto rest_matches = [&](std::size_t in_pattern, std::size_t in_text) {
    return slow_match(pattern.substr(in_pattern), text.substr(in_text), star_crosses_slash);
  };
  if (pattern.empty()) return text.empty();
  if (!star_crosses_slash && pattern.starts_with("**/")) {
    if (rest_matches(3, 0)) return true;
    for (std::size_t at = 0; at < text.size(); ++at)
      if (text[at] == '/' && rest_matches(3, at + 1)) return true;
    return false;
  }
  if (pattern[0] == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (rest_matches(1, skip)) return true;
      if (skip < text.size() && text[skip] == '/' && !star_crosses_slash) return false;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern.size() >= 5 && pattern[0] == '[' && pattern[2] == '-' && pattern[4] == ']')
    return pattern[1] <= text[0] && text[0] <= pattern[3] && rest_matches(5, 1);
  return pattern[0] == text[0] && rest_matches(1, 1);
}

/// `**/` is defined as whole folders; behind a part of a name it means nothing.
bool is_defined(std::string_view pattern) {
  for (std::size_t at = pattern.find("**/"); at != std::string_view::npos; at = pattern.find("**/", at + 1))
    if (at > 0 && pattern[at - 1] != '/') return false;
  return true;
}

bool slow_matches_module(std::string_view pattern, std::string_view module) {
  if (pattern.find('*') == std::string_view::npos)
    return module == pattern || module.starts_with(std::string(pattern) + "/");
  return slow_match(pattern, module, true) || slow_match(std::string(pattern) + "/*", module, true);
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view input) {
  const std::size_t cut = std::min(input.find('\n'), input.size());
  const std::string_view pattern = input.substr(0, cut);
  const std::string_view text = input.substr(std::min(cut + 1, input.size()));
  accepts([&] { ingest::expand_braces(std::string(pattern)); });
  const bool is_path = ingest::matches_path(pattern, text);
  const bool is_module = ingest::matches_module(pattern, text);
  // The slow matcher's time is exponential in the number of stars.
  if (pattern.size() > 16 || text.size() > 24 || std::count(pattern.begin(), pattern.end(), '*') > 5) return;
  check(is_module == slow_matches_module(pattern, text), "another module than the slow matcher's");
  check(!is_defined(pattern) || is_path == slow_match(pattern, text, false),
        "another path than the slow matcher's");
}
