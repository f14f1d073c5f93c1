// Smaller storage of a model's weights: bfloat16, or int8 with a scale for each row. Models always compute in
// float32; these are formats of files.
#pragma once

#include <string>

#include "common/model/safetensors.h"
#include "common/model/transformer.h"

namespace palimpsest::model {

enum class WeightFormat {
  kFloat32,
  kBFloat16,
  kInt8,  ///< round(w / s), s = max |w| / 127 of each row of the last dimension, kept as float32 in
          ///< NAME.scale
};

/// f32, bf16 or int8. Throws Error{kUsage} for anything else.
WeightFormat parse_weight_format(const std::string& name);

/// The embedding and the matrices of the layers in `format`; norms, biases and routers, which are small and
/// sensitive, stay float32.
NamedTensors pack_weights(const NamedTensors& weights, WeightFormat format);

/// float32 tensors from any of the formats. Throws Error{kBadData} that names `where` and the tensor when an
/// int8 tensor has no fitting scale.
NamedTensors unpack_weights(const NamedTensors& stored, const std::string& where);

}  // namespace palimpsest::model
