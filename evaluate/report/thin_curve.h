// Long curves made short enough to draw: what a reader can see at the width of a page, and no byte more.
#pragma once

#include <cstddef>
#include <vector>

#include "evaluate/report/metrics_columns.h"

namespace palimpsest::evaluate {

struct CurvePoint {
  double x = 0;
  double y = 0;     ///< mean of the samples it stands for; NaN: a gap
  double low = 0;   ///< their smallest value
  double high = 0;  ///< and their largest
};

/// At most `most` points. A column that is short enough keeps its samples; a longer one is cut into equal
/// runs of samples, each a point at its last step with mean and min-max, so that no peak is lost and equal
/// input gives equal output. Missing values count only where a whole run is missing.
std::vector<CurvePoint> thin_curve(const Column& column, std::size_t most);

}  // namespace palimpsest::evaluate
