#include "evaluate/report/thin_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace palimpsest::evaluate {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Column saw(std::size_t samples) {
  Column column;
  for (std::size_t i = 0; i < samples; ++i) {
    column.push_back({static_cast<double>(i), static_cast<double>((i * 7919) % 101)});
  }
  return column;
}

TEST(ThinCurveTest, AShortColumnKeepsItsSamples) {
  const auto curve = thin_curve({{3, 1.5}, {7, 2}}, 10);
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_EQ(curve[0].x, 3);
  EXPECT_EQ(curve[0].y, 1.5);
  EXPECT_EQ(curve[0].low, 1.5);
  EXPECT_TRUE(thin_curve({}, 10).empty());
}

TEST(ThinCurveTest, MeanAndExtremesOfEverySampleAreKept) {
  for (const std::size_t samples : {11U, 100U, 1000U, 9973U}) {
    const Column column = saw(samples);
    const auto curve = thin_curve(column, 10);
    ASSERT_EQ(curve.size(), 10U);
    EXPECT_EQ(curve.back().x, column.back().step);
    std::size_t next = 0;
    for (const CurvePoint& point : curve) {
      double sum = 0;
      double low = 1e9;
      double high = -1e9;
      const std::size_t begin = next;
      for (; next < column.size() && column[next].step <= point.x; ++next) {
        sum += column[next].value;
        low = std::min(low, column[next].value);
        high = std::max(high, column[next].value);
      }
      EXPECT_DOUBLE_EQ(point.y, sum / static_cast<double>(next - begin));
      EXPECT_EQ(point.low, low);
      EXPECT_EQ(point.high, high);
    }
    EXPECT_EQ(next, column.size());
  }
}

TEST(ThinCurveTest, OnlyARunOfMissingValuesIsAGap) {
  const auto curve = thin_curve({{0, 1}, {1, kNan}, {2, kNan}, {3, kNan}}, 2);
  EXPECT_EQ(curve[0].y, 1);
  EXPECT_TRUE(std::isnan(curve[1].y));
}

}  // namespace
}  // namespace palimpsest::evaluate
