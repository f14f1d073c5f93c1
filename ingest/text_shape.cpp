#include "ingest/text_shape.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "ingest/folders.h"

namespace palimpsest::ingest {
namespace {

constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/";
// Minified code has few lines, most of them very long, and hardly any white space.
constexpr double kMinifiedMeanLine = 300;
constexpr double kMinifiedWhiteShare = 0.08;
constexpr std::size_t kLeastMinifiedBytes = 1'000;
constexpr std::size_t kLeastEncodedRun = 64;
constexpr std::size_t kLeastEncodedBytes = 1'000;  // less is a file with a few hashes or a small icon
constexpr std::size_t kHeadBytes = 1'024;

struct Lines {
  double mean = 0;
  std::size_t longest = 0;
};

double white_share(std::string_view text) {
  const auto white =
      std::count_if(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
  return static_cast<double>(white) / static_cast<double>(text.size());
}

Lines measure_lines(std::string_view text) {
  Lines lines;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size(); ++count) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.longest = std::max(lines.longest, end - begin);
    begin = end + 1;
  }
  lines.mean = static_cast<double>(text.size()) / static_cast<double>(std::max<std::size_t>(count, 1));
  return lines;
}

/// Letters, digits and signs of base64 and of escapes.
bool is_encoding(char c) {
  static constexpr std::string_view kSigns = "+/=\\%";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || kSigns.find(c) != std::string_view::npos;
}

/// Share of the bytes in long runs of such characters; a run that mixes digits and letters is data, a long
/// word is not.
double encoded_share(std::string_view text) {
  static const std::array<bool, 256> kEncodes = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) table[c] = is_encoding(static_cast<char>(c));
    return table;
  }();
  const auto encodes = [&](std::size_t i) { return kEncodes[static_cast<unsigned char>(text[i])]; };
  std::size_t encoded = 0;
  // No run that is long enough lies before `free`, and one that begins there covers the byte looked at.
  for (std::size_t free = 0; free + kLeastEncodedRun <= text.size();) {
    std::size_t begin = free + kLeastEncodedRun;
    while (begin > free && encodes(begin - 1)) --begin;
    if (begin > free) {
      free = begin;
      continue;
    }
    std::size_t end = free + kLeastEncodedRun;
    while (end < text.size() && encodes(end)) ++end;
    const auto digits = static_cast<std::size_t>(std::count_if(
        text.begin() + static_cast<std::ptrdiff_t>(free), text.begin() + static_cast<std::ptrdiff_t>(end),
        [](char c) { return c >= '0' && c <= '9'; }));
    if (digits * 20 >= end - free) encoded += end - free;
    free = end + 1;
  }
  if (encoded < kLeastEncodedBytes) return 0;
  return text.empty() ? 0 : static_cast<double>(encoded) / static_cast<double>(text.size());
}

}  // namespace

const char* text_shape_reason(std::string_view text, const ShapeLimits& limits) {
  if (text.starts_with(kLfsPointer)) return "lfs_pointer";
  const Lines lines = measure_lines(text);
  if (limits.max_encoded_share < 1 && lines.longest >= kLeastEncodedRun &&
      encoded_share(text) > limits.max_encoded_share) {
    return "encoded_data";
  }
  if (text.size() >= kLeastMinifiedBytes && lines.mean > kMinifiedMeanLine &&
      white_share(text) < kMinifiedWhiteShare) {
    return "minified";
  }
  const bool has_long_line = limits.max_line > 0 && lines.longest > limits.max_line;
  const bool has_long_mean = limits.max_mean_line > 0 && lines.mean > limits.max_mean_line;
  return has_long_line && has_long_mean ? "long_lines" : nullptr;
}

bool is_generated_path(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kFolders = {"__generated__/", ".prisma/", ".next/types/",
                                                               ".expo/types/"};
  static constexpr std::array<std::string_view, 5> kEndings = {"_pb.ts", ".pb.ts", "_grpc_pb.ts",
                                                               "next-env.d.ts", ".generated.ts"};
  static constexpr std::array<std::string_view, 3> kNames = {"routeTree.gen.ts", "expo-env.d.ts",
                                                             "payload-types.ts"};
  const auto is_in = [&](std::string_view folder) {
    return path.starts_with(folder) || path.find(std::string("/").append(folder)) != std::string_view::npos;
  };
  const std::string_view name = base_name(path);
  return std::any_of(kFolders.begin(), kFolders.end(), is_in) ||
         std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return name.ends_with(ending); }) ||
         std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool names_generator(std::string_view text) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "generated by openapi", "generated by swagger",
      "generated by protoc",  "generated by the protocol buffer",
      "generated by graphql", "generated by prisma",
      "generated by nx",      "generated by trpc",
      "generated by orval",   "openapi generator (http",
      "generated by kubb"};
  std::string head(text.substr(0, kHeadBytes));
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(kNames.begin(), kNames.end(), [&](auto name) {
    const std::size_t at = head.find(name);
    if (at == std::string::npos) return false;
    // Only a comment speaks of the file itself.
    const std::size_t line = head.rfind('\n', at) + 1;
    const std::size_t first = head.find_first_not_of(" \t", line);
    return head.compare(first, 2, "//") == 0 || head.compare(first, 2, "/*") == 0 || head[first] == '*';
  });
}

}  // namespace palimpsest::ingest
