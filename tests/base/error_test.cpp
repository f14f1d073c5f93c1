#include "common/base/error.h"

#include <gtest/gtest.h>

namespace palimpsest::base {
namespace {

TEST(ErrorTest, RendersOnlyTheGivenContext) {
  const Error bare(ErrorCode::kBug, "broken");
  EXPECT_STREQ(bare.what(), "broken");
  const Error full(ErrorCode::kBadData, "bad magic",
                   {.got = "abcd", .expected = "PLMP", .where = "x.pls@0", .hint = "run shard again"});
  EXPECT_STREQ(full.what(), "bad magic, got abcd, expected PLMP, in x.pls@0; run shard again");
  EXPECT_EQ(static_cast<int>(full.code()), 3);
}

}  // namespace
}  // namespace palimpsest::base
