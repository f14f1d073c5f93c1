#include "evaluate/infill/hole_source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/error.h"
#include "evaluate/infill/source_text.h"

namespace palimpsest::infill {
namespace {

/// Takes the markers out of the text.
std::vector<TextRange> take_markers(std::string& text, const std::string& marker) {
  std::vector<TextRange> holes;
  std::string rest;
  std::size_t at = 0;
  for (std::size_t found = text.find(marker); found != std::string::npos; found = text.find(marker, at)) {
    rest.append(text, at, found - at);
    holes.push_back({rest.size(), rest.size()});
    at = found + marker.size();
  }
  rest.append(text, at);
  text = std::move(rest);
  return holes;
}

}  // namespace

InfillRequest read_holes(const HoleSource& source) {
  const bool from_stdin = source.file == "-";
  const std::string where = from_stdin ? "standard input" : source.file.string();
  InfillRequest request{.path = !source.path.empty() ? source.path
                                : from_stdin         ? "stdin.ts"
                                                     : source.file.generic_string(),
                        .text = read_source_text(source.file)};
  request.grammar = grammar_of_path(request.path);
  if (source.at.empty()) {
    if (!source.marker.empty()) request.holes = take_markers(request.text, source.marker);
    if (request.holes.empty()) {
      throw base::Error(
          base::ErrorCode::kUsage, "no hole",
          {.expected = "--at LINE:COL, --at LINE:COL-LINE:COL or " + source.marker + " in the text",
           .where = where});
    }
    return request;
  }
  for (const std::string& place : source.at)
    request.holes.push_back(parse_text_range(place, request.text, where));
  std::sort(request.holes.begin(), request.holes.end(),
            [](const TextRange& a, const TextRange& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < request.holes.size(); ++i) {
    if (request.holes[i].begin < request.holes[i - 1].end) {
      throw base::Error(base::ErrorCode::kUsage, "holes overlap", {.where = where});
    }
  }
  return request;
}

std::optional<syntax::Grammar> grammar_of_path(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, syntax::Grammar>, 7> suffixes = {{
      {".ts", syntax::Grammar::kTypeScript},
      {".mts", syntax::Grammar::kTypeScript},
      {".cts", syntax::Grammar::kTypeScript},
      {".tsx", syntax::Grammar::kTsx},
      {".js", syntax::Grammar::kJavaScript},
      {".mjs", syntax::Grammar::kJavaScript},
      {".jsx", syntax::Grammar::kJavaScript},
  }};
  for (const auto& [suffix, grammar] : suffixes) {
    if (path.ends_with(suffix)) return grammar;
  }
  return std::nullopt;
}

}  // namespace palimpsest::infill
