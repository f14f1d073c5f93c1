#include "common/model/sliced_cross_entropy.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace palimpsest::model {
namespace {

constexpr std::int64_t kSliceElements = std::int64_t{1} << 20;  // 4 MiB of float32 logits

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Gradients {
  at::Tensor hidden_MD;
  at::Tensor weight_VD;
  at::Tensor bias_V;
};

/// left right in float32, whatever the product is computed in.
void product_out(at::Tensor& out, const at::Tensor& left, const at::Tensor& right) {
  if (left.scalar_type() == out.scalar_type()) {
    at::mm_out(out, left, right);
  } else {
    out.copy_(at::mm(left, right));
  }
}

void add_product(at::Tensor& sum, const at::Tensor& left, const at::Tensor& right) {
  if (left.scalar_type() == sum.scalar_type()) {
    sum.addmm_(left, right);
  } else {
    sum.add_(at::mm(left, right));
  }
}

/// d(coefficient * nats) / d logits = coefficient * (softmax - one hot), for one slice; overwrites logits_SV.
/// hidden_SD and weight_VD are in the format of the products.
void add_slice(Gradients& gradients, std::int64_t begin, at::Tensor& logits_SV, const at::Tensor& log_sum_S1,
               const at::Tensor& hidden_SD, const at::Tensor& weight_VD, const at::Tensor& target_S1,
               const at::Tensor& coefficient_S1) {
  logits_SV.sub_(log_sum_S1).exp_().mul_(coefficient_S1);
  logits_SV.scatter_add_(1, target_S1, coefficient_S1.neg());
  at::Tensor hidden_gradient = gradients.hidden_MD.narrow(0, begin, logits_SV.size(0));
  const at::Tensor gradient_SV = logits_SV.to(weight_VD.scalar_type());
  product_out(hidden_gradient, gradient_SV, weight_VD);
  add_product(gradients.weight_VD, gradient_SV.t(), hidden_SD);
  gradients.bias_V.add_(logits_SV.sum(0));
}

struct SlicedCrossEntropy : torch::autograd::Function<SlicedCrossEntropy> {
  static variable_list forward(AutogradContext* context, const at::Tensor& hidden_MD,
                               const at::Tensor& weight_VD, const at::Tensor& bias_V,
                               const at::Tensor& target_M, const at::Tensor& coefficient_M,
                               Precision precision, bool wants_gradients) {
    const bool casts = precision != Precision::kFloat32;
    const at::Tensor products_MD = casts ? hidden_MD.to(scalar_type(precision)) : hidden_MD;
    const at::Tensor products_VD = casts ? weight_VD.to(scalar_type(precision)) : weight_VD;
    const std::int64_t count = hidden_MD.size(0);
    const std::int64_t rows = std::max<std::int64_t>(1, kSliceElements / weight_VD.size(0));
    const at::Tensor nats_M = at::empty({count}, hidden_MD.options());
    Gradients gradients;
    if (wants_gradients) {
      gradients = {at::empty_like(hidden_MD), at::zeros_like(weight_VD), at::zeros_like(bias_V)};
    }
    for (std::int64_t begin = 0; begin < count; begin += rows) {
      const std::int64_t size = std::min(rows, count - begin);
      const at::Tensor hidden_SD = products_MD.narrow(0, begin, size);
      const at::Tensor target_S1 = target_M.narrow(0, begin, size).unsqueeze(1);
      at::Tensor logits_SV = casts ? at::mm(hidden_SD, products_VD.t()).to(at::kFloat).add_(bias_V)
                                   : at::addmm(bias_V, hidden_SD, products_VD.t());
      const at::Tensor log_sum_S1 = at::logsumexp(logits_SV, 1, /*keepdim=*/true);
      nats_M.narrow(0, begin, size).copy_((log_sum_S1 - logits_SV.gather(1, target_S1)).squeeze(1));
      if (wants_gradients) {
        add_slice(gradients, begin, logits_SV, log_sum_S1, hidden_SD, products_VD, target_S1,
                  coefficient_M.narrow(0, begin, size).unsqueeze(1));
      }
    }
    if (wants_gradients) {
      context->save_for_backward({gradients.hidden_MD, gradients.weight_VD, gradients.bias_V});
    }
    context->mark_non_differentiable({nats_M});
    return {nats_M, (nats_M * coefficient_M).sum()};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    variable_list result = context->get_saved_variables();
    for (at::Tensor& gradient : result) gradient = gradient * gradients[1];
    result.resize(7);  // none for the targets, coefficients and switches
    return result;
  }
};

}  // namespace

CrossEntropy sliced_cross_entropy(const at::Tensor& hidden_MD, const at::Tensor& weight_VD,
                                  const at::Tensor& bias_V, const at::Tensor& target_M,
                                  const at::Tensor& coefficient_M, Precision precision) {
  const variable_list result = SlicedCrossEntropy::apply(
      hidden_MD, weight_VD, bias_V, target_M, coefficient_M, precision, c10::GradMode::is_enabled());
  return {result[0], result[1]};
}

}  // namespace palimpsest::model
