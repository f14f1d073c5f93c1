#include "common/model/infill.h"

#include <set>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

InfillRequest sample_request() {
  return {.header = {9, 10}, .prefix = {11, 12, 13, 14}, .suffix = {15, 16, 17}, .hole = 5, .context = 24};
}

TEST(InfillTest, FillsEveryPositionOnceWithNormalTokens) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  const InfillResult result = fill_hole(model, sample_request());
  ASSERT_EQ(result.tokens.size(), 5U);
  std::set<std::int64_t> orders;
  for (const FilledToken& token : result.tokens) {
    EXPECT_GE(token.id, tokens::kSpecialCount);
    EXPECT_GT(token.confidence, 0);
    orders.insert(token.order);
  }
  EXPECT_EQ(orders, (std::set<std::int64_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(result.expert_probs.size(), 4U);
}

TEST(InfillTest, IsDeterministic) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  const InfillResult first = fill_hole(model, sample_request());
  const InfillResult second = fill_hole(model, sample_request());
  for (std::size_t i = 0; i < first.tokens.size(); ++i) {
    EXPECT_EQ(first.tokens[i].id, second.tokens[i].id);
    EXPECT_EQ(first.tokens[i].confidence, second.tokens[i].confidence);
  }
}

TEST(InfillTest, LongContextIsCutAroundTheHole) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  InfillRequest request = sample_request();
  request.prefix.assign(1000, 11);
  request.suffix.assign(1000, 12);
  EXPECT_EQ(fill_hole(model, request).tokens.size(), 5U);
  request.prefix.clear();
  request.suffix.clear();
  EXPECT_EQ(fill_hole(model, request).tokens.size(), 5U);
}

TEST(InfillTest, AHoleThatLeavesNoContextIsAUsageError) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  InfillRequest request = sample_request();
  for (const std::int64_t hole : {0, 20, 1000}) {
    request.hole = hole;
    EXPECT_THROW(fill_hole(model, request), base::Error);
  }
}

}  // namespace
}  // namespace palimpsest::model
