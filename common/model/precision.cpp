#include "common/model/precision.h"

#include <ATen/autocast_mode.h>

namespace palimpsest::model {

at::ScalarType scalar_type(Precision precision) {
  return precision == Precision::kBfloat16 ? at::kBFloat16 : at::kFloat;
}

ProductPrecision::ProductPrecision(Precision precision, at::Device device)
    : device_(device.type()),
      enabled_before_(at::autocast::is_autocast_enabled(device_)),
      type_before_(at::autocast::get_autocast_dtype(device_)) {
  at::autocast::increment_nesting();
  at::autocast::set_autocast_enabled(device_, precision != Precision::kFloat32);
  if (precision != Precision::kFloat32) at::autocast::set_autocast_dtype(device_, scalar_type(precision));
}

ProductPrecision::~ProductPrecision() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device_, enabled_before_);
  at::autocast::set_autocast_dtype(device_, type_before_);
}

at::ScalarType product_type(at::Device device) {
  return at::autocast::is_autocast_enabled(device.type()) ? at::autocast::get_autocast_dtype(device.type())
                                                          : at::kFloat;
}

}  // namespace palimpsest::model
