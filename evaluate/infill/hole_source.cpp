#include "evaluate/infill/hole_source.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <simdjson.h>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::infill {
namespace {

constexpr std::size_t kMaxTextBytes = 16U << 20;

void refuse_size(const std::string& got, const std::string& where) {
  throw base::Error(
      base::ErrorCode::kBadData, "text is too large",
      {.got = got, .expected = "at most " + std::to_string(kMaxTextBytes) + " bytes", .where = where});
}

std::string read_stdin() {
  std::string text;
  std::array<char, 65536> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
    text.append(buffer.data(), got);
    if (text.size() > kMaxTextBytes) refuse_size("more", "standard input");
  }
  if (std::ferror(stdin) != 0) {
    throw base::Error(base::ErrorCode::kEnvironment, "cannot read", {.where = "standard input"});
  }
  return text;
}

std::string read_text(const std::filesystem::path& file) {
  if (file == "-") return read_stdin();
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (!error && bytes > kMaxTextBytes) refuse_size(std::to_string(bytes) + " bytes", file.string());
  return io::read_file(file);
}

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
                        .text = read_text(source.file)};
  request.grammar = grammar_of_path(request.path);
  if (!simdjson::validate_utf8(request.text)) {
    throw base::Error(base::ErrorCode::kBadData, "text is not UTF-8", {.where = where});
  }
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
