// Columns as wide as their cells, for a terminal.
#pragma once

#include <string>
#include <vector>

namespace palimpsest::evaluate {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head);

  /// As many cells as the head has.
  void add(std::vector<std::string> row);
  std::size_t rows() const { return rows_.size() - 1; }  ///< without the head

  /// The first column to the left, the others to the right; two spaces between. Cells are ASCII.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace palimpsest::evaluate
