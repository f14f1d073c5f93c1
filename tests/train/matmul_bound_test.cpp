#include "train/matmul_bound.h"

#include <gtest/gtest.h>

#include "tests/support/sample_batch.h"

namespace palimpsest::train {
namespace {

TEST(MatmulBoundTest, CountsEveryProductOfAStep) {
  // Two rows of 24 tokens, 22 of them in segments; width 16, vocabulary 20, the second layer with experts.
  const model::RowBatch batch = test::sample_batch(2);
  const double attention = 48 * 16 * (3 * 16 + 24 + 24 + 16);
  const double dense = 48 * 3 * 16 * 24;
  const double expert = 44 * 3 * 16 * 16;
  const double logits = 5 * 16 * 20;
  EXPECT_EQ(step_flops(test::tiny_config(), batch, 5), 3 * 2 * (2 * attention + dense + expert + logits));
}

TEST(MatmulBoundTest, AnExpertCountsWhereItServes) {
  const model::RowBatch batch = test::sample_batch(2);
  model::ModelConfig config = test::tiny_config();
  const double before = step_flops(config, batch, 5);
  config.top_k = 2;
  config.shared_hidden = 8;
  EXPECT_EQ(step_flops(config, batch, 5) - before, 3 * 2 * 44 * 3 * 16 * (16 + 8));
}

TEST(MatmulBoundTest, TheRateIsThatOfRealProducts) {
  const double rate = matmul_rate(test::tiny_config(), 64, at::kCPU);
  EXPECT_GT(rate, 1e6);
  EXPECT_LT(rate, 1e15);
}

}  // namespace
}  // namespace palimpsest::train
