#include "evaluate/report/chart.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "evaluate/report/number_format.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kTableRows = 24;
constexpr std::size_t kWideTable = 6;  ///< more curves than that do not fit half a printed page

/// Five significant digits are more than a pixel shows and half the bytes of a double.
io::Json short_number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return io::Json::parse(significant(value, 5));
}

io::Json to_json(const Curve& curve) {
  io::Json points = io::Json::array();
  for (const CurvePoint& point : curve.points) {
    io::Json values = {short_number(point.x), short_number(point.y)};
    if (curve.band) values.insert(values.end(), {short_number(point.low), short_number(point.high)});
    points.push_back(values);
  }
  return {{"name", curve.name},
          {"colour", curve.colour},
          {"markers", curve.markers},
          {"band", curve.band},
          {"points", points}};
}

io::Json to_json(const CurveChart& chart) {
  io::Json json = {{"kind", "curves"},  {"title", chart.title},   {"x", chart.x_axis},
                   {"y", chart.y_axis}, {"log", chart.log_scale}, {"shared", chart.shared_scale}};
  if (chart.y_low) json["low"] = *chart.y_low;
  if (chart.y_high) json["high"] = *chart.y_high;
  json["marks"] = io::Json::array();
  for (const StageStart& mark : chart.marks) json["marks"].push_back({{"x", mark.step}, {"name", mark.name}});
  json["panels"] = io::Json::array();
  for (const Panel& panel : chart.panels) {
    io::Json curves = io::Json::array();
    io::Json references = io::Json::array();
    for (const Curve& curve : panel.curves) curves.push_back(to_json(curve));
    for (const Reference& line : panel.references) {
      references.push_back({{"name", line.name}, {"y", short_number(line.y)}});
    }
    json["panels"].push_back({{"title", panel.title}, {"curves", curves}, {"references", references}});
  }
  return json;
}

/// Every curve's value at a few steps; a curve without a point there shows its last one before.
Markup value_table(const CurveChart& chart) {
  std::vector<double> steps;
  std::vector<std::string> head = {chart.x_axis};
  std::vector<const Curve*> curves;
  for (const Panel& panel : chart.panels) {
    for (const Curve& curve : panel.curves) {
      for (const CurvePoint& point : curve.points) steps.push_back(point.x);
      const bool say_panel = !panel.title.empty() && panel.title != curve.name;
      head.push_back(say_panel ? panel.title + ": " + curve.name : curve.name);
      curves.push_back(&curve);
    }
  }
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  Table table(chart.title + " (" + chart.y_axis + ")", head);
  const std::size_t rows = std::min(steps.size(), kTableRows);
  for (std::size_t row = 0; row < rows; ++row) {
    const double step = steps[(row + 1) * steps.size() / rows - 1];
    std::vector<Cell> cells = {compact(step)};
    for (const Curve* curve : curves) {
      const auto after = std::upper_bound(curve->points.begin(), curve->points.end(), step,
                                          [](double x, const CurvePoint& point) { return x < point.x; });
      cells.emplace_back(after == curve->points.begin() ? kNoValue : significant(std::prev(after)->y, 4));
    }
    table.add(cells);
  }
  return table.markup();
}

}  // namespace

Markup ChartSet::figure(const std::string& title, const std::string& note, io::Json data, const Markup& table,
                        const std::string& css_class) {
  const std::string id = "chart-" + std::to_string(data_.size());
  data_.push_back(std::move(data));
  Markup inside = element("figcaption", element("h3", {{"id", id + "-title"}}, text(title)) +
                                            (note.empty() ? Markup() : element("p", text(note))));
  inside += element("div", {{"class", "plot"}, {"id", id}});
  if (!table.empty()) inside += element("details", element("summary", text("Data table")) + table);
  return element("figure", {{"class", css_class}, {"aria-labelledby", id + "-title"}}, inside);
}

Markup ChartSet::add(const CurveChart& chart) {
  CurveChart shown = chart;
  for (Panel& panel : shown.panels) {
    std::erase_if(panel.curves, [](const Curve& curve) {
      return std::none_of(curve.points.begin(), curve.points.end(),
                          [](const CurvePoint& point) { return std::isfinite(point.y); });
    });
  }
  std::erase_if(shown.panels, [](const Panel& panel) { return panel.curves.empty(); });
  if (shown.panels.empty()) return {};
  std::size_t curves = 0;
  for (const Panel& panel : shown.panels) curves += panel.curves.size();
  return figure(shown.title, shown.note, to_json(shown), value_table(shown),
                curves > kWideTable ? "chart wide" : "chart");
}

Markup ChartSet::add(const DotChart& chart) {
  io::Json dots = io::Json::array();
  for (const Dot& dot : chart.dots) {
    if (!std::isfinite(dot.value)) continue;
    dots.push_back({{"row", dot.row},
                    {"name", dot.name},
                    {"value", short_number(dot.value)},
                    {"low", short_number(dot.low)},
                    {"high", short_number(dot.high)},
                    {"colour", dot.colour},
                    {"baseline", dot.baseline}});
  }
  if (dots.empty()) return {};
  return figure(chart.title, chart.note,
                {{"kind", "dots"}, {"title", chart.title}, {"x", chart.x_axis}, {"dots", dots}}, {}, "chart");
}

}  // namespace palimpsest::evaluate
