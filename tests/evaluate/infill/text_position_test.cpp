#include "evaluate/infill/text_position.h"

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::infill {
namespace {

const std::string kText = "ab\näöü x\n\nlast";

std::string at(const std::string& place) {
  const TextRange range = parse_text_range(place, kText, "f");
  return kText.substr(range.begin, range.end - range.begin);
}

TEST(TextPositionTest, LinesAndColumnsCountFromOneInCodePoints) {
  EXPECT_EQ(parse_text_range("1:1", kText, "f").begin, 0U);
  EXPECT_EQ(parse_text_range("1:3", kText, "f").begin, 2U);
  EXPECT_EQ(at("2:2-2:4"), "öü");
  EXPECT_EQ(at("1:2-3:1"), "b\näöü x\n");
  EXPECT_EQ(at("4:1-4:5"), "last");
  EXPECT_EQ(at("2:3"), "");
}

TEST(TextPositionTest, PlacesOutsideTheTextAreUsageErrors) {
  for (const char* place : {"", "1", "1:", ":1", "0:1", "1:0", "a:b", "1:4", "5:1", "4:6", "2:3-2:1", "1:1-",
                            "1:1-9:9", "99999999999999999999:1", "1:-1"}) {
    try {
      parse_text_range(place, kText, "f");
      FAIL() << place;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kUsage) << place;
    }
  }
}

}  // namespace
}  // namespace palimpsest::infill
