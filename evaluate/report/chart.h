// A chart as data: what page.js draws with Observable Plot, and as a table what a reader without script,
// sight or colour gets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/report/markup.h"
#include "evaluate/report/thin_curve.h"

namespace palimpsest::evaluate {

struct Curve {
  std::string name;
  std::vector<CurvePoint> points;
  std::size_t colour = 0;  ///< index into the palette of page.css
  bool markers = false;    ///< few points: show each
  bool band = false;       ///< shade from low to high
};

/// A horizontal line that curves are compared with.
struct Reference {
  std::string name;
  double y = 0;
};

/// One pair of axes. A chart has several where one measure is shown per family.
struct Panel {
  std::string title;  ///< empty when the chart has one panel
  std::vector<Curve> curves;
  std::vector<Reference> references;
};

struct CurveChart {
  std::string title;  ///< a sentence: what is shown
  std::string note;   ///< how to read it
  std::string x_axis = "training step";
  std::string y_axis;  ///< measure and unit
  std::vector<Panel> panels;
  std::vector<StageStart> marks;  ///< vertical lines: stage boundaries
  bool log_scale = false;
  bool shared_scale = true;             ///< panels show one measure: the same y axis for all
  std::optional<double> y_low, y_high;  ///< axis at least this far
};

/// A row of dots on one axis: values with intervals beside what they are compared with.
struct Dot {
  std::string row;
  std::string name;
  double value = 0, low = 0, high = 0;  ///< low == high: no interval
  std::size_t colour = 0;
  bool baseline = false;
};

struct DotChart {
  std::string title, note, x_axis;
  std::vector<Dot> dots;
};

/// Collects a page's charts: the figure goes into the text, the data into one JSON block.
class ChartSet {
 public:
  /// A figure with title, note, a place for the drawing, and the data table. Empty when no curve has a point.
  Markup add(const CurveChart& chart);
  /// The same without a table: the caller shows the numbers beside it.
  Markup add(const DotChart& chart);

  const io::Json& data() const { return data_; }

 private:
  Markup figure(const std::string& title, const std::string& note, io::Json data, const Markup& table,
                const std::string& css_class);

  io::Json data_ = io::Json::array();
};

}  // namespace palimpsest::evaluate
