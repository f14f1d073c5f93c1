#include "evaluate/score/document_costs.h"

#include <cmath>

#include <gtest/gtest.h>

namespace palimpsest::evaluate {
namespace {

TEST(DocumentCostsTest, SumsAndIntervalsOfFamilies) {
  DocumentCosts costs = no_costs(40, 3);
  for (std::size_t d = 0; d < costs.size(); ++d) {
    costs[d][d % 2].add({.nats = 100.0 + static_cast<double>(d), .tokens = 50, .bytes = 200});
  }
  costs[0][1].add({.nats = 10, .tokens = 5, .bytes = 20});  // a document of two families
  const Estimates estimates = estimate(costs, 3, 1);
  EXPECT_EQ(estimates.overall.sum.tokens, 40 * 50 + 5);
  EXPECT_DOUBLE_EQ(estimates.families[0].bits_per_byte.value, 20 * 119.0 / std::log(2.0) / 4000);
  EXPECT_LT(estimates.families[0].bits_per_byte.low, estimates.families[0].bits_per_byte.value);
  EXPECT_GT(estimates.families[0].bits_per_byte.high, estimates.families[0].bits_per_byte.value);
  EXPECT_NEAR(estimates.mean_bits_per_byte.value,
              (estimates.families[0].bits_per_byte.value + estimates.families[1].bits_per_byte.value) / 2,
              1e-12);
  EXPECT_TRUE(std::isnan(estimates.families[2].bits_per_byte.value)) << "no text, no number";
  EXPECT_TRUE(std::isnan(estimate(no_costs(2, 1), 1, 1).overall.bits_per_byte.value));
}

TEST(DocumentCostsTest, DocumentsStayTogether) {
  // Two documents that differ: a resample has one, the other, or both, so the interval is the whole range.
  DocumentCosts costs = no_costs(2, 1);
  costs[0][0] = {.nats = 100, .tokens = 10, .bytes = 100};
  costs[1][0] = {.nats = 300, .tokens = 10, .bytes = 100};
  const base::Interval bits = estimate(costs, 1, 1).overall.bits_per_byte;
  EXPECT_DOUBLE_EQ(bits.low, 1 / std::log(2.0));
  EXPECT_DOUBLE_EQ(bits.high, 3 / std::log(2.0));
}

}  // namespace
}  // namespace palimpsest::evaluate
