#include "common/io/retry_policy.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace palimpsest::io {
namespace {

constexpr double kNoTime = 1e-6;

TEST(RetryPolicyTest, TriesAgainUntilItWorks) {
  int tries = 0;
  RetryPolicy(5, kNoTime, 1).run(1, [&] {
    if (++tries < 4) throw TransientError(base::ErrorCode::kEnvironment, "no");
  });
  EXPECT_EQ(tries, 4);
}

TEST(RetryPolicyTest, GivesUpWithTheLastErrorAndItsCode) {
  int tries = 0;
  try {
    RetryPolicy(3, kNoTime, 1).run(1, [&] {
      throw TransientError(base::ErrorCode::kBadData, "failure " + std::to_string(++tries));
    });
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
    EXPECT_STREQ(error.what(), "failure 3 (after 3 tries)");
  }
}

TEST(RetryPolicyTest, OtherErrorsPassAtOnce) {
  int tries = 0;
  EXPECT_THROW(RetryPolicy(3, kNoTime, 1)
                   .run(1,
                        [&] {
                          ++tries;
                          throw base::Error(base::ErrorCode::kUsage, "no");
                        }),
               base::Error);
  EXPECT_EQ(tries, 1);
}

TEST(RetryPolicyTest, DelaysDoubleWithJitterUpToABound) {
  const RetryPolicy policy(10, 0.25, 7);
  const RetryPolicy other_seed(10, 0.25, 8);
  for (int attempt = 0; attempt < 30; ++attempt) {
    const double full = std::min(0.25 * std::pow(2, attempt), RetryPolicy::kLongestDelaySeconds);
    for (std::uint64_t key = 0; key < 50; ++key) {
      const double delay = policy.delay_seconds(key, attempt);
      EXPECT_GE(delay, full / 2);
      EXPECT_LT(delay, full);
      EXPECT_EQ(delay, policy.delay_seconds(key, attempt));
      EXPECT_NE(delay, policy.delay_seconds(key + 50, attempt));
      EXPECT_NE(delay, other_seed.delay_seconds(key, attempt));
    }
  }
}

TEST(RetryPolicyTest, WaitsAsLongAsTheServerAsksWithinReason) {
  const RetryPolicy policy(10, 0.25, 7);
  EXPECT_EQ(policy.delay_seconds(1, 0, 17), 17);
  EXPECT_EQ(policy.delay_seconds(1, 0, 86400), RetryPolicy::kLongestWaitSeconds);
}

}  // namespace
}  // namespace palimpsest::io
