#include "common/model/fused_layers.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace palimpsest::model {
namespace {

constexpr double kNormEpsilon = 1e-6;

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& scale) {
    const auto width = static_cast<double>(x.size(-1));
    const at::Tensor norm = at::linalg_vector_norm(x, 2, at::IntArrayRef{-1}, /*keepdim=*/true);
    const at::Tensor inverse = norm.square().div_(width).add_(kNormEpsilon).rsqrt_();
    context->save_for_backward({x, scale, inverse});
    return (x * inverse).mul_(scale);
  }

  /// With r = 1 / rms and gradient g: dx = r g s - x r^3 mean(g s x), ds = sum of r g x.
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& scale = saved[1];
    const at::Tensor& inverse = saved[2];
    const at::Tensor product_ND = (gradients[0] * x).reshape({-1, x.size(-1)});
    const at::Tensor mean = product_ND.mv(scale).div_(static_cast<double>(x.size(-1))).view_as(inverse);
    const at::Tensor scale_gradient = product_ND.t().mv(inverse.reshape({-1}));
    const at::Tensor x_gradient = (gradients[0] * scale).mul_(inverse);
    x_gradient.addcmul_(x, inverse.pow(3).mul_(mean), -1);
    return {x_gradient, scale_gradient};
  }
};

struct SiluGate : torch::autograd::Function<SiluGate> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& hidden) {
    context->save_for_backward({hidden});
    const std::vector<at::Tensor> halves = hidden.chunk(2, -1);
    return at::silu(halves[1]).mul_(halves[0]);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const at::Tensor hidden = context->get_saved_variables()[0];
    const std::vector<at::Tensor> halves = hidden.chunk(2, -1);
    at::Tensor hidden_gradient = at::empty_like(hidden);
    std::vector<at::Tensor> parts = hidden_gradient.chunk(2, -1);
    at::mul_out(parts[0], gradients[0], at::silu(halves[1]));
    at::silu_backward_out(parts[1], gradients[0] * halves[0], halves[1]);
    return {hidden_gradient};
  }
};

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& scale) {
  return RmsNorm::apply(x, scale);
}

at::Tensor silu_gate(const at::Tensor& hidden) {
  return SiluGate::apply(hidden);
}

}  // namespace palimpsest::model
