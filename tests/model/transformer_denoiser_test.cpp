#include "common/model/transformer_denoiser.h"

#include <cmath>

#include <gtest/gtest.h>

#include "common/model/sampler.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

MaskedText sample_text() {
  return {.ids = {9, 10, 11, 12, 13, tokens::kMaskId, tokens::kMaskId, tokens::kMaskId, 16, 17, 18,
                  tokens::kEndId},
          .header = 2};
}

double largest_difference(const LogProbabilities& a, const LogProbabilities& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (std::isfinite(a.values[i]))
      most = std::max(most, std::abs(double{a.values[i]} - double{b.values[i]}));
  }
  return most;
}

TEST(TransformerDenoiserTest, RowsAreDistributionsWithoutPadAndMask) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  TransformerDenoiser denoiser(model);
  const LogProbabilities result = denoiser.denoise(sample_text(), {5, 7});
  ASSERT_EQ(result.vocabulary, 20U);
  ASSERT_EQ(result.values.size(), 40U);
  for (const std::size_t row : {0U, 1U}) {
    double sum = 0;
    for (const float value : result.row(row)) sum += std::exp(value);
    EXPECT_NEAR(sum, 1, 1e-5);
    EXPECT_TRUE(std::isinf(result.row(row)[tokens::kPadId]));
    EXPECT_TRUE(std::isinf(result.row(row)[tokens::kMaskId]));
  }
  EXPECT_EQ(denoiser.expert_probs().size(), 4U);
}

TEST(TransformerDenoiserTest, AForcedExpertServes) {
  const Transformer model(test::tiny_config(), 2, at::kCPU);
  TransformerDenoiser zero(model, {.expert = 0});
  TransformerDenoiser one(model, {.expert = 1});
  EXPECT_GT(largest_difference(zero.denoise(sample_text(), {5, 6, 7}), one.denoise(sample_text(), {5, 6, 7})),
            0);
}

class ContextCacheTest : public testing::TestWithParam<RouterMode> {};
INSTANTIATE_TEST_SUITE_P(, ContextCacheTest, testing::Values(RouterMode::kToken, RouterMode::kSegment));

TEST_P(ContextCacheTest, RepeatsTheFirstPassAsLongAsNothingIsFilled) {
  const Transformer model(test::tiny_config(GetParam()), 2, at::kCPU);
  TransformerDenoiser denoiser(model, {.cache_context = true});
  const LogProbabilities first = denoiser.denoise(sample_text(), {5, 6, 7});
  EXPECT_LT(largest_difference(first, denoiser.denoise(sample_text(), {5, 6, 7})), 1e-5);
}

/// With one layer the kept keys and values are those of the embeddings, so nothing is missing.
TEST_P(ContextCacheTest, IsExactInAModelOfOneLayer) {
  ModelConfig config = test::tiny_config(GetParam());
  config.layers = 1;
  config.moe_layers = {};
  const Transformer model(config, 2, at::kCPU);
  TransformerDenoiser cached(model, {.cache_context = true});
  cached.denoise(sample_text(), {5, 6, 7});
  MaskedText text = sample_text();
  text.ids[6] = 15;
  TransformerDenoiser whole(model);
  EXPECT_LT(largest_difference(whole.denoise(text, {5, 7}), cached.denoise(text, {5, 7})), 1e-5);
}

TEST_P(ContextCacheTest, SeesWhatWasFilled) {
  const Transformer model(test::tiny_config(GetParam()), 2, at::kCPU);
  const auto after = [&](tokens::TokenId id) {
    TransformerDenoiser denoiser(model, {.cache_context = true});
    denoiser.denoise(sample_text(), {5, 6, 7});
    MaskedText text = sample_text();
    text.ids[6] = id;
    return denoiser.denoise(text, {5, 7});
  };
  EXPECT_GT(largest_difference(after(15), after(16)), 1e-5);
}

}  // namespace
}  // namespace palimpsest::model
