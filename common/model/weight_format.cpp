#include "common/model/weight_format.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <ATen/ATen.h>

#include "common/base/error.h"

namespace palimpsest::model {
namespace {

constexpr std::string_view kScaleSuffix = ".scale";
constexpr double kLargestInt8 = 127;

bool is_packed(const std::string& name, const at::Tensor& weight) {
  return weight.dim() >= 2 && !name.ends_with(".router") && !name.ends_with("_norm");
}

}  // namespace

WeightFormat parse_weight_format(const std::string& name) {
  if (name == "f32") return WeightFormat::kFloat32;
  if (name == "bf16") return WeightFormat::kBFloat16;
  if (name == "int8") return WeightFormat::kInt8;
  throw base::Error(base::ErrorCode::kUsage, "unknown --weights",
                    {.got = name, .expected = "f32, bf16 or int8"});
}

NamedTensors pack_weights(const NamedTensors& weights, WeightFormat format) {
  NamedTensors stored;
  for (const auto& [name, weight] : weights) {
    if (format == WeightFormat::kFloat32 || !is_packed(name, weight)) {
      stored.emplace_back(name, weight);
    } else if (format == WeightFormat::kBFloat16) {
      stored.emplace_back(name, weight.to(at::kBFloat16));
    } else {
      const at::Tensor largest = weight.abs().amax(-1, /*keepdim=*/true);
      const at::Tensor scale = at::where(largest > 0, largest / kLargestInt8, 1.0);
      stored.emplace_back(name, at::round(weight / scale).to(at::kChar));
      stored.emplace_back(name + std::string(kScaleSuffix), scale);
    }
  }
  return stored;
}

NamedTensors unpack_weights(const NamedTensors& stored, const std::string& where) {
  const std::map<std::string, at::Tensor> by_name(stored.begin(), stored.end());
  const auto scale_of = [&](const std::string& name) {
    return by_name.find(name + std::string(kScaleSuffix));
  };
  NamedTensors weights;
  for (const auto& [name, tensor] : stored) {
    const std::string_view base_name =
        std::string_view(name).substr(0, name.size() - std::min(name.size(), kScaleSuffix.size()));
    const auto owner = by_name.find(std::string(base_name));
    if (name.ends_with(kScaleSuffix) && owner != by_name.end() && owner->second.scalar_type() == at::kChar) {
      continue;  // used with its tensor
    }
    if (tensor.scalar_type() != at::kChar) {
      weights.emplace_back(name, tensor.to(at::kFloat));
      continue;
    }
    const auto scale = scale_of(name);
    if (scale == by_name.end() || tensor.dim() == 0 || scale->second.scalar_type() != at::kFloat ||
        scale->second.sizes() != tensor.sum(-1, /*keepdim=*/true).sizes()) {
      throw base::Error(
          base::ErrorCode::kBadData, "int8 tensor " + name + " has no fitting scale",
          {.expected = name + std::string(kScaleSuffix) + ", one number for each row", .where = where});
    }
    weights.emplace_back(name, tensor.to(at::kFloat) * scale->second);
  }
  return weights;
}

}  // namespace palimpsest::model
