// HTML tables: a caption, a head, rows whose first cell names them.
#pragma once

#include <string>
#include <vector>

#include "evaluate/report/markup.h"

namespace palimpsest::evaluate {

struct Cell {
  Cell(std::string shown, std::string css = "") : content(text(shown)), css_class(std::move(css)) {}
  Cell(const char* shown) : content(text(shown)) {}
  Cell(Markup shown, std::string css = "") : content(std::move(shown)), css_class(std::move(css)) {}

  Markup content;
  std::string css_class;
};

class Table {
 public:
  /// `css_class` "words": the cells hold text, not numbers.
  Table(std::string caption, std::vector<std::string> head, std::string css_class = "");

  /// The first cell becomes the row's header.
  void add(const std::vector<Cell>& cells);
  bool empty() const { return rows_.empty(); }

  /// In a group that scrolls by itself where the table is wider than the page, focusable for the keyboard.
  Markup markup() const;

 private:
  std::string caption_;
  std::string css_class_;
  Markup head_;
  Markup rows_;
};

/// Class of one of eleven shades, `q0`...`q10`; "" when `share` is not a number.
std::string shade_class(double share);

/// A bar of `share` (0...1) of the cell's width, as SVG because the page's policy forbids style attributes.
Markup share_bar(double share);

}  // namespace palimpsest::evaluate
