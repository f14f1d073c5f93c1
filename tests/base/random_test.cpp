#include "common/base/random.h"

#include <vector>

#include <gtest/gtest.h>

namespace palimpsest::base {
namespace {

TEST(RandomTest, TheKeyAloneDecidesTheStream) {
  Random first{1, 2};
  Random same{1, 2};
  Random swapped{2, 1};
  Random longer{1, 2, 0};
  const std::uint64_t value = first.next();
  EXPECT_EQ(value, same.next());
  EXPECT_NE(value, swapped.next());
  EXPECT_NE(value, longer.next());
}

TEST(RandomTest, BelowIsUniform) {
  Random random{5};
  std::vector<int> hits(7, 0);
  for (int i = 0; i < 70000; ++i) ++hits[random.below(7)];
  for (const int count : hits) EXPECT_NEAR(count, 10000, 400);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(RandomTest, UniformStaysBelowOneAndCentres) {
  Random random{6};
  double sum = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
}

}  // namespace
}  // namespace palimpsest::base
