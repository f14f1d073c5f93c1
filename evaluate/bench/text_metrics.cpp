#include "evaluate/bench/text_metrics.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "evaluate/bench/code_text.h"

namespace palimpsest::bench {
namespace {

/// One number a code point. A byte that is not UTF-8 stands for itself.
std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> points;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t point = 0;
    for (const char c : text.substr(i, size)) point = point << 8 | static_cast<unsigned char>(c);
    points.push_back(point);
    i += size;
  }
  return points;
}

using Points = std::vector<char32_t>;

std::size_t levenshtein(const Points& a, const Points& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

void cut_common_ends(Points& a, Points& b) {
  const auto head = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  a.erase(a.begin(), head.first);
  b.erase(b.begin(), head.second);
  const auto tail = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  a.erase(tail.first.base(), a.end());
  b.erase(tail.second.base(), b.end());
}

}  // namespace

double edit_similarity(std::string_view reference, std::string_view candidate) {
  Points a = code_points(reference);
  Points b = code_points(candidate);
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer == 0) return 1;
  cut_common_ends(a, b);
  const std::size_t differing = std::max(a.size(), b.size());
  a.resize(std::min(a.size(), kMaxEditLength));
  b.resize(std::min(b.size(), kMaxEditLength));
  const std::size_t not_compared = differing - std::max(a.size(), b.size());
  const std::size_t edits = levenshtein(a, b) + not_compared;
  return 1 - static_cast<double>(edits) / static_cast<double>(longer);
}

bool equal_but_for_ends(std::string_view reference, std::string_view candidate) {
  return trim(reference) == trim(candidate);
}

}  // namespace palimpsest::bench
