#include "evaluate/report/thin_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace palimpsest::evaluate {
namespace {

CurvePoint summary(const Sample* begin, const Sample* end) {
  CurvePoint point = {.x = end[-1].step,
                      .low = std::numeric_limits<double>::infinity(),
                      .high = -std::numeric_limits<double>::infinity()};
  double sum = 0;
  std::size_t count = 0;
  for (const Sample* sample = begin; sample != end; ++sample) {
    if (!std::isfinite(sample->value)) continue;
    sum += sample->value;
    ++count;
    point.low = std::min(point.low, sample->value);
    point.high = std::max(point.high, sample->value);
  }
  if (count == 0) point.low = point.high = std::numeric_limits<double>::quiet_NaN();
  point.y = count == 0 ? point.low : sum / static_cast<double>(count);
  return point;
}

}  // namespace

std::vector<CurvePoint> thin_curve(const Column& column, std::size_t most) {
  const std::size_t points = std::min(column.size(), most);
  std::vector<CurvePoint> curve;
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t begin = i * column.size() / points;
    const std::size_t end = (i + 1) * column.size() / points;
    curve.push_back(summary(column.data() + begin, column.data() + end));
  }
  return curve;
}

}  // namespace palimpsest::evaluate
