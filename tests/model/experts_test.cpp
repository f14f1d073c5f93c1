#include "common/model/experts.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace palimpsest::model {
namespace {

constexpr std::int64_t kTokens = 24;
constexpr std::int64_t kExperts = 4;
constexpr std::int64_t kWidth = 8;
constexpr std::int64_t kHidden = 16;

struct Result {
  at::Tensor value;
  at::Tensor x_gradient;
  at::Tensor in_gradient;
  at::Tensor out_gradient;
};

/// One token at a time: the oracle.
at::Tensor one_by_one(const ExpertWeights& weights, const at::Tensor& x_ND, const at::Tensor& expert_N) {
  std::vector<at::Tensor> rows;
  for (std::int64_t n = 0; n < x_ND.size(0); ++n) {
    const auto e = expert_N[n].item<std::int64_t>();
    rows.push_back(swiglu(x_ND[n].unsqueeze(0), weights.in_E2HD[e], weights.out_EDH[e]));
  }
  return at::cat(rows);
}

template <typename Function>
Result run(const Function& function, const at::Tensor& expert_N) {
  at::manual_seed(7);
  const at::Tensor x = at::randn({expert_N.size(0), kWidth}).requires_grad_(true);
  const ExpertWeights weights{at::randn({kExperts, 2 * kHidden, kWidth}).requires_grad_(true),
                              at::randn({kExperts, kWidth, kHidden}).requires_grad_(true)};
  const at::Tensor value = function(weights, x, expert_N);
  (value * at::arange(value.numel()).view(value.sizes()).cos()).sum().backward();
  const auto gradient = [](const at::Tensor& tensor) {
    return tensor.grad().defined() ? tensor.grad() : at::zeros_like(tensor);
  };
  return {value, gradient(x), gradient(weights.in_E2HD), gradient(weights.out_EDH)};
}

class ExpertPathTest : public testing::TestWithParam<ExpertPath> {};

TEST_P(ExpertPathTest, IsOneTokenAtATime) {
  const at::Tensor mixed = at::arange(kTokens).remainder(kExperts);
  const at::Tensor skewed = at::where(mixed == 3, 1, 2);  // two experts get nothing
  const at::Tensor single = at::full({kTokens}, 2, at::kLong);
  for (const at::Tensor& expert_N : {mixed, skewed, single, single.narrow(0, 0, 1)}) {
    const Result expected = run(one_by_one, expert_N);
    const Result got = run([](const auto&... in) { return run_experts(GetParam(), in...); }, expert_N);
    EXPECT_TRUE(at::allclose(got.value, expected.value, 1e-4, 1e-5));
    EXPECT_TRUE(at::allclose(got.x_gradient, expected.x_gradient, 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(got.in_gradient, expected.in_gradient, 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(got.out_gradient, expected.out_gradient, 1e-4, 1e-4));
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, ExpertPathTest,
                         testing::Values(ExpertPath::kLoop, ExpertPath::kPadded, ExpertPath::kGrouped));

}  // namespace
}  // namespace palimpsest::model
