#include "evaluate/report/table.h"

#include <algorithm>
#include <cmath>

#include "evaluate/report/number_format.h"

namespace palimpsest::evaluate {

Table::Table(std::string caption, std::vector<std::string> head, std::string css_class)
    : caption_(std::move(caption)), css_class_(std::move(css_class)) {
  for (const std::string& name : head) {
    // A header cell without text is not a header.
    head_ += name.empty() ? element("td", {}) : element("th", {{"scope", "col"}}, text(name));
  }
}

void Table::add(const std::vector<Cell>& cells) {
  Markup row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& css = cells[i].css_class;
    if (i == 0) {
      row += element("th", {{"scope", "row"}}, cells[i].content);
    } else {
      row +=
          css.empty() ? element("td", cells[i].content) : element("td", {{"class", css}}, cells[i].content);
    }
  }
  rows_ += element("tr", row);
}

Markup Table::markup() const {
  const Markup table = element("table", {{"class", css_class_}, {"aria-label", caption_}},
                               element("thead", element("tr", head_)) + element("tbody", rows_));
  // Not a <caption>: that would be as wide as the table and scroll away with it.
  return element(
      "div", {{"class", "table"}},
      element("p", {{"class", "caption"}, {"aria-hidden", "true"}}, text(caption_)) +
          element("div",
                  {{"class", "scroll"}, {"role", "group"}, {"tabindex", "0"}, {"aria-label", caption_}},
                  table));
}

std::string shade_class(double share) {
  if (!std::isfinite(share)) return "";
  return "q" + std::to_string(std::lround(10 * std::clamp(share, 0.0, 1.0)));
}

Markup share_bar(double share) {
  if (!std::isfinite(share)) return {};
  return element(
      "svg",
      {{"class", "bar"}, {"viewBox", "0 0 100 10"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}},
      element("rect", {{"width", significant(100 * std::clamp(share, 0.0, 1.0), 4)}, {"height", "10"}}));
}

}  // namespace palimpsest::evaluate
