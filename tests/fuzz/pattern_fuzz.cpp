// The pattern language of frameworks.toml against a recursive matcher.
#include <algorithm>

#include "ingest/pattern.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

/// `*` alone, as in patterns of modules without a slash rule.
bool slow_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*') return !text.empty() && pattern[0] == text[0] && slow_match(pattern.substr(1), text.substr(1));
  for (std::size_t skip = 0; skip <= text.size(); ++skip)
    if (slow_match(pattern.substr(1), text.substr(skip))) return true;
  return false;
}

bool slow_matches_module(std::string_view pattern, std::string_view module) {
  if (slow_match(pattern, module)) return true;
  for (std::size_t at = 0; at < module.size(); ++at)
    if (module[at] == '/' && slow_match(pattern, module.substr(0, at))) return true;
  return false;
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view input) {
  const std::size_t cut = std::min(input.find('\n'), input.size());
  const std::string_view pattern = input.substr(0, cut);
  const std::string_view text = input.substr(std::min(cut + 1, input.size()));
  accepts([&] { ingest::expand_braces(std::string(pattern)); });
  ingest::matches_path(pattern, text);
  const bool matches = ingest::matches_module(pattern, text);
  if (pattern.size() <= 12 && text.size() <= 16)
    check(matches == slow_matches_module(pattern, text), "another answer than the slow matcher's");
}
