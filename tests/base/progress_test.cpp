#include "common/base/progress.h"

#include <gtest/gtest.h>

namespace palimpsest::base {
namespace {

TEST(ProgressTest, DurationsAndBytesReadWell) {
  EXPECT_EQ(format_duration(4.21), "4.2s");
  EXPECT_EQ(format_duration(185), "3m 05s");
  EXPECT_EQ(format_duration(3725), "1h 02m");
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(5'930'000), "5.9 MB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
}

}  // namespace
}  // namespace palimpsest::base
