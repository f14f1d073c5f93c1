#include "common/model/fused_layers.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/model/sliced_cross_entropy.h"

namespace palimpsest::model {
namespace {

at::Tensor variable(at::IntArrayRef shape) {
  return at::randn(shape, at::kDouble).requires_grad_(true);
}

/// Runs both on copies of the inputs; values and gradients must agree.
template <typename Fused, typename Plain>
void expect_same(const Fused& fused, const Plain& plain, const std::vector<at::Tensor>& inputs) {
  const auto run = [&](const auto& function) {
    std::vector<at::Tensor> copies;
    for (const at::Tensor& input : inputs) copies.push_back(input.detach().clone().requires_grad_(true));
    const at::Tensor value = function(copies);
    (value * at::arange(value.numel(), value.options()).view(value.sizes()).cos()).sum().backward();
    copies.push_back(value);
    return copies;
  };
  const std::vector<at::Tensor> left = run(fused);
  const std::vector<at::Tensor> right = run(plain);
  EXPECT_TRUE(at::allclose(left.back(), right.back(), 1e-12, 1e-12));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    EXPECT_TRUE(at::allclose(left[i].grad(), right[i].grad(), 1e-10, 1e-12)) << "input " << i;
}

TEST(FusedLayersTest, RmsNormIsTheFormula) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{5, 8}, {2, 3, 4, 6}}) {
    expect_same(
        [](const auto& in) { return rms_norm(in[0], in[1]); },
        [](const auto& in) { return in[0] * at::rsqrt(in[0].square().mean(-1, true) + 1e-6) * in[1]; },
        {variable(shape), variable({shape.back()})});
  }
}

TEST(FusedLayersTest, RmsNormTakesStridedInputAndZeros) {
  expect_same([](const auto& in) { return rms_norm(in[0].transpose(0, 1), in[1]); },
              [](const auto& in) {
                const at::Tensor x = in[0].transpose(0, 1);
                return x * at::rsqrt(x.square().mean(-1, true) + 1e-6) * in[1];
              },
              {variable({3, 4, 6}), variable({6})});
  const at::Tensor zeros = at::zeros({2, 4}).requires_grad_(true);
  rms_norm(zeros, at::ones({4})).sum().backward();
  EXPECT_TRUE(at::isfinite(zeros.grad()).all().item<bool>());
}

TEST(FusedLayersTest, SiluGateIsTheFormula) {
  expect_same([](const auto& in) { return silu_gate(in[0]); },
              [](const auto& in) {
                const std::vector<at::Tensor> halves = in[0].chunk(2, -1);
                return at::silu(halves[1]) * halves[0];
              },
              {variable({2, 3, 8})});
}

TEST(SlicedCrossEntropyTest, IsTheFormulaOverManySlices) {
  const std::int64_t positions = 40;
  const std::int64_t vocabulary = 70'000;  // 14 positions a slice
  const at::Tensor target = at::randint(vocabulary, {positions}, at::kLong);
  const at::Tensor coefficient = at::rand({positions}, at::kDouble);
  expect_same(
      [&](const auto& in) { return sliced_cross_entropy(in[0], in[1], in[2], target, coefficient).sum; },
      [&](const auto& in) {
        const at::Tensor logits = at::linear(in[0], in[1], in[2]);
        const at::Tensor nats = at::nll_loss(at::log_softmax(logits, -1), target, {}, at::Reduction::None);
        return (nats * coefficient).sum();
      },
      {variable({positions, 4}), variable({vocabulary, 4}), variable({vocabulary})});
}

TEST(SlicedCrossEntropyTest, NatsAreEachPositionsAndNoPositionsCostNothing) {
  const at::Tensor hidden = variable({3, 4});
  const at::Tensor weight = variable({6, 4});
  const at::Tensor bias = variable({6});
  const at::Tensor target = at::arange(3, at::kLong);
  const at::Tensor ones = at::ones({3}, at::kDouble);
  const at::Tensor expected =
      at::nll_loss(at::log_softmax(at::linear(hidden, weight, bias), -1), target, {}, at::Reduction::None);
  EXPECT_TRUE(at::allclose(sliced_cross_entropy(hidden, weight, bias, target, ones).nats_M, expected));
  const CrossEntropy none = sliced_cross_entropy(hidden.narrow(0, 0, 0), weight, bias, target.narrow(0, 0, 0),
                                                 ones.narrow(0, 0, 0));
  EXPECT_EQ(none.nats_M.size(0), 0);
  EXPECT_EQ(none.sum.item<double>(), 0);
}

}  // namespace
}  // namespace palimpsest::model
