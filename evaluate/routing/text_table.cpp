#include "evaluate/routing/text_table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace palimpsest::evaluate {

TextTable::TextTable(std::vector<std::string> head) {
  rows_.push_back(std::move(head));
}

void TextTable::add(std::vector<std::string> row) {
  row.resize(rows_[0].size());
  rows_.push_back(std::move(row));
}

std::string TextTable::text() const {
  std::vector<std::size_t> width(rows_[0].size());
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line = fmt::format("{:<{}}", row[0], width[0]);
    for (std::size_t c = 1; c < row.size(); ++c) line += fmt::format("  {:>{}}", row[c], width[c]);
    text += line + "\n";
  }
  return text;
}

}  // namespace palimpsest::evaluate
