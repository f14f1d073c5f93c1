// The small pattern language of frameworks.toml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

/// `a.{b,c}` → `a.b`, `a.c`; several groups multiply; a group inside a group is not expanded. Throws
/// Error{kBadData} when that gives more than 1,000.
std::vector<std::string> expand_braces(const std::string& pattern);

/// True when the pattern covers the module or package: `react` is react and react/jsx-runtime, but not
/// react-dom; `*` stands for any characters.
bool matches_module(std::string_view pattern, std::string_view module);

/// True when the pattern covers the whole path: `*` is any characters but `/`, `**/` any folders or none,
/// `[A-Z]` one character of a range.
bool matches_path(std::string_view pattern, std::string_view path);

}  // namespace palimpsest::ingest
