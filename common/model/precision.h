// The number format that matrix products compute in.
#pragma once

#include <ATen/core/Tensor.h>

namespace palimpsest::model {

/// kBfloat16: matrix products and attention take bfloat16 copies of weights and activations. Everything else
/// stays float32: the weights themselves and their gradients, the residual stream, norms, routers, softmax
/// and losses.
enum class Precision { kFloat32, kBfloat16 };

at::ScalarType scalar_type(Precision precision);

/// While it lives, LibTorch's autocast casts the inputs of this thread's products on `device`, or with
/// kFloat32 leaves them. Weights are cast once in the life of the outermost.
class ProductPrecision {
 public:
  ProductPrecision(Precision precision, at::Device device);
  ~ProductPrecision();
  ProductPrecision(const ProductPrecision&) = delete;
  ProductPrecision& operator=(const ProductPrecision&) = delete;

 private:
  at::DeviceType device_;
  bool enabled_before_;
  at::ScalarType type_before_;
};

/// What products on `device` compute in right now; for those that autocast does not know.
at::ScalarType product_type(at::Device device);

}  // namespace palimpsest::model
