#include "common/model/mixture.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/model/routing_losses.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::model {
namespace {

/// A layer of the tiny model on random tokens of a batch in which everything is visible.
class MixtureTest : public testing::TestWithParam<RouterMode> {
 protected:
  MixtureTest() {
    config_ = test::tiny_config(GetParam());
    const RowBatch batch = test::sample_batch(3);
    const MaskPlan nothing{.mask_ratio = std::vector<double>(batch.segments.size(), 0)};
    input_ = ModelInput::from(batch, nothing, {}, at::kCPU);
    x_ND_ = at::randn({input_.token_N.size(0), config_.width});
    const std::int64_t hidden = config_.expert_hidden;
    weights_ = {.router_ED = at::randn({config_.experts, config_.width}),
                .experts = {at::randn({config_.experts, 2 * hidden, config_.width}),
                            at::randn({config_.experts, config_.width, hidden})}};
  }

  at::Tensor forward() { return mixture_forward(weights_, config_, 0, x_ND_, input_, state_); }

  at::Tensor expert(std::int64_t e, const at::Tensor& x_1D) const {
    return swiglu(x_1D, weights_.experts.in_E2HD[e], weights_.experts.out_EDH[e]);
  }
  /// Probabilities of token n's unit.
  at::Tensor probs(std::int64_t n) const {
    return state_.probs_UE[GetParam() == RouterMode::kToken ? n : input_.segment_N[n].item<std::int64_t>()];
  }

  const c10::InferenceMode no_grad_;
  ModelConfig config_;
  ModelInput input_;
  at::Tensor x_ND_;
  MixtureWeights weights_;
  RouterState state_;
};

TEST_P(MixtureTest, TopKIsTheSumOverTheMostProbable) {
  for (config_.top_k = 1; config_.top_k <= config_.experts; ++config_.top_k) {
    const at::Tensor mixed_ND = forward();
    for (std::int64_t n = 0; n < x_ND_.size(0); ++n) {
      const auto [gate_K, choice_K] = probs(n).topk(config_.top_k);
      at::Tensor expected = at::zeros({1, config_.width});
      for (std::int64_t k = 0; k < config_.top_k; ++k)
        expected += gate_K[k] * expert(choice_K[k].item<std::int64_t>(), x_ND_[n].unsqueeze(0));
      ASSERT_TRUE(at::allclose(mixed_ND[n], expected[0], 1e-4, 1e-4))
          << "token " << n << ", k " << config_.top_k;
    }
  }
}

TEST_P(MixtureTest, AForcedSegmentIsServedByThatExpertAlone) {
  config_.top_k = 2;
  input_.forced_S = at::full_like(input_.forced_S, 3);
  const at::Tensor mixed_ND = forward();
  for (std::int64_t n = 0; n < x_ND_.size(0); ++n) {
    const at::Tensor expected = expert(3, x_ND_[n].unsqueeze(0)) * probs(n).max();
    ASSERT_TRUE(at::allclose(mixed_ND[n], expected[0], 1e-4, 1e-4));
  }
}

TEST_P(MixtureTest, TheSharedExpertServesEveryToken) {
  const at::Tensor alone = forward();
  weights_.shared_in_2HD = at::randn({10, config_.width});
  weights_.shared_out_DH = at::randn({config_.width, 5});
  EXPECT_TRUE(at::allclose(forward(), alone + swiglu(x_ND_, weights_.shared_in_2HD, weights_.shared_out_DH),
                           1e-4, 1e-4));
}

TEST_P(MixtureTest, ABiasMovesChoicesAndNotGates) {
  forward();
  const at::Tensor probs_before = state_.probs_UE;
  weights_.router_bias_E = at::tensor({0.0, 0.0, 2.0, 0.0});
  const at::Tensor mixed_ND = forward();
  EXPECT_TRUE((state_.choices_UK == 2).all().item<bool>());
  EXPECT_TRUE(at::equal(state_.probs_UE, probs_before));
  EXPECT_TRUE(at::allclose(mixed_ND[0], (expert(2, x_ND_[0].unsqueeze(0)) * probs(0)[2])[0], 1e-4, 1e-4));
}

TEST_P(MixtureTest, JitterIsARowsOwnAndOnlyInTraining) {
  config_.router_jitter = 0.2;
  forward();
  const at::Tensor plain = state_.mean_logits_SE;
  input_.jitter_seed_B = {1, 2, 3};
  forward();
  const at::Tensor first = state_.mean_logits_SE;
  EXPECT_FALSE(at::allclose(first, plain, 1e-3));
  EXPECT_TRUE(at::allclose(first, plain, 1, 5));
  forward();
  EXPECT_TRUE(at::equal(state_.mean_logits_SE, first));
  input_.jitter_seed_B = {1, 2, 4};  // the last of three rows of two segments
  forward();
  EXPECT_TRUE(at::equal(state_.mean_logits_SE.narrow(0, 0, 4), first.narrow(0, 0, 4)));
  EXPECT_FALSE(at::equal(state_.mean_logits_SE.narrow(0, 4, 2), first.narrow(0, 4, 2)));
}

TEST_P(MixtureTest, LoadBalanceOfEveryExpertChosenIsOne) {
  config_.top_k = config_.experts;
  forward();
  const auto units = static_cast<double>(state_.probs_UE.size(0));
  EXPECT_NEAR(load_balance_loss(state_, top_choices(state_), units).item<double>(), 1, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Modes, MixtureTest, testing::Values(RouterMode::kToken, RouterMode::kSegment));

}  // namespace
}  // namespace palimpsest::model
