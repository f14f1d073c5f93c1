#include "shard/shard_counts.h"

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::shard {
namespace {

constexpr RowCounts kCounts = {.rows = 2,
                               .segments = 5,
                               .tokens = 105,
                               .header_tokens = 20,
                               .padding = 35,
                               .text_bytes = 240,
                               .first_fit_rows = 3};

TEST(ShardCountsTest, SharesLeaveOutWhatIsNoText) {
  EXPECT_DOUBLE_EQ(kCounts.padding_share(), 0.25);
  EXPECT_DOUBLE_EQ(kCounts.first_fit_padding_share(), 0.5);
  EXPECT_DOUBLE_EQ(kCounts.bytes_per_token(), 3);
  EXPECT_EQ(RowCounts{}.padding_share(), 0);
  EXPECT_EQ(RowCounts{}.first_fit_padding_share(), 0);
  EXPECT_EQ(RowCounts{}.bytes_per_token(), 0);
}

TEST(ShardCountsTest, SumsAndComesBackFromJson) {
  RowCounts sum = kCounts;
  sum += kCounts;
  const RowCounts read = parse_row_counts(to_json(sum), "test");
  EXPECT_EQ(read.rows, 4U);
  EXPECT_EQ(read.text_bytes, 480U);
  EXPECT_EQ(read.first_fit_rows, 6U);
  EXPECT_DOUBLE_EQ(read.padding_share(), 0.25);
  EXPECT_THROW(parse_row_counts(io::Json::object(), "test"), base::Error);
}

}  // namespace
}  // namespace palimpsest::shard
