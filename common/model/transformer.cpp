#include "common/model/transformer.h"

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/model/fused_layers.h"

namespace palimpsest::model {

namespace {

constexpr double kInitialDeviation = 0.02;

}  // namespace

bool is_expert_parameter(const std::string& name) {
  return name.find(".experts.") != std::string::npos;
}

class WeightInitializer {
 public:
  WeightInitializer(const ModelConfig& config, std::uint64_t seed)
      : generator_(at::detail::createCPUGenerator(seed)),
        residual_scale_(1.0 / std::sqrt(2.0 * static_cast<double>(config.layers))) {}

  at::Tensor normal(at::IntArrayRef shape) {
    return at::randn(shape, generator_, at::kFloat) * kInitialDeviation;
  }
  at::Tensor residual(at::IntArrayRef shape) { return normal(shape) * residual_scale_; }

 private:
  at::Generator generator_;
  double residual_scale_;
};

Transformer::Transformer(const ModelConfig& config, std::uint64_t seed, at::Device device)
    : config_(config), device_(device) {
  config_.validate();
  WeightInitializer initializer(config_, seed);
  embedding_VD_ = add_parameter("embedding", initializer.normal({config_.vocabulary, config_.width}), false);
  output_bias_V_ = add_parameter("output_bias", at::zeros({config_.vocabulary}), false);
  for (std::int64_t i = 0; i < config_.layers; ++i) layers_.push_back(make_layer(i, initializer));
  final_norm_D_ = add_parameter("final_norm", at::ones({config_.width}), false);
}

at::Tensor Transformer::add_parameter(const std::string& name, at::Tensor value, bool decays) {
  value = value.to(device_).requires_grad_(true);
  parameters_.push_back({name, value, decays});
  return value;
}

Transformer::Layer Transformer::make_layer(std::int64_t number, WeightInitializer& initializer) {
  const std::string prefix = fmt::format("layers.{}.", number);
  const std::int64_t width = config_.width;
  Layer layer;
  const auto add = [&](const char* name, at::Tensor value, bool decays) {
    return add_parameter(prefix + name, std::move(value), decays);
  };
  layer.attention_norm_D = add("attention_norm", at::ones({width}), false);
  layer.qkv_3DD = add("attention.qkv", initializer.normal({3 * width, width}), true);
  layer.qk_norm = add("attention.qk_norm", at::ones({2, 1, config_.head_width()}), false);
  layer.attention_out_DD = add("attention.out", initializer.residual({width, width}), true);
  layer.feed_forward_norm_D = add("feed_forward_norm", at::ones({width}), false);
  if (config_.is_moe_layer(number)) {
    const std::int64_t hidden = config_.expert_hidden;
    layer.mixture.router_ED = add("router", initializer.normal({config_.experts, width}), false);
    layer.mixture.experts.in_E2HD =
        add("experts.in", initializer.normal({config_.experts, 2 * hidden, width}), true);
    if (config_.bias_balancing) {
      layer.mixture.router_bias_E = add("router_bias", at::zeros({config_.experts}), false);
      layer.mixture.router_bias_E.requires_grad_(false);
    }
    layer.mixture.experts.out_EDH =
        add("experts.out", initializer.residual({config_.experts, width, hidden}), true);
    if (config_.shared_hidden > 0) {
      const std::int64_t shared = config_.shared_hidden;
      layer.mixture.shared_in_2HD = add("shared.in", initializer.normal({2 * shared, width}), true);
      layer.mixture.shared_out_DH = add("shared.out", initializer.residual({width, shared}), true);
    }
  } else {
    layer.dense_in_2HD = add("dense.in", initializer.normal({2 * config_.dense_hidden, width}), true);
    layer.dense_out_DH = add("dense.out", initializer.residual({width, config_.dense_hidden}), true);
  }
  return layer;
}

at::Tensor ModelOutput::logits_MV() const {
  return at::linear(hidden_MD, head_VD, head_bias_V);
}

/// Unit complex numbers exp(i * position * frequency), [B, T, 1, head width / 2] (RoFormer, eq. 34).
at::Tensor Transformer::rotations(const at::Tensor& position_BT) const {
  const std::int64_t pairs = config_.head_width() / 2;
  const at::Tensor exponent =
      at::arange(pairs, position_BT.options().dtype(at::kFloat)) / static_cast<double>(pairs);
  const at::Tensor frequency = at::pow(config_.rope_base, -exponent);
  const at::Tensor angle = position_BT.to(at::kFloat).unsqueeze(-1) * frequency;
  return at::polar(at::ones_like(angle), angle).unsqueeze(2);
}

at::Tensor Transformer::attention(std::size_t number, const at::Tensor& x_BTD, const at::Tensor& rotation,
                                  const at::Tensor& mask, ContextCache* cache) const {
  const Layer& layer = layers_[number];
  const std::int64_t rows = x_BTD.size(0);
  const std::int64_t length = x_BTD.size(1);
  const std::int64_t heads = config_.heads;
  // unbind: its backward pass joins gradients, where that of select adds zeros.
  const std::vector<at::Tensor> qkv =
      at::linear(x_BTD, layer.qkv_3DD).view({rows, length, 3, heads, config_.head_width()}).unbind(2);
  const std::vector<at::Tensor> scales = layer.qk_norm.squeeze(1).unbind();
  const auto rotated = [&](std::size_t part) {
    const at::Tensor normed = rms_norm(qkv[part].to(at::kFloat), scales[part]);
    const at::Tensor pairs =
        at::view_as_complex(normed.view({rows, length, heads, config_.head_width() / 2, 2}));
    return at::view_as_real(pairs * rotation).flatten(-2).transpose(1, 2);
  };
  at::Tensor keys = rotated(1);
  at::Tensor values = qkv[2].transpose(1, 2);
  if (cache != nullptr) cache->update(number, keys, values);
  const at::Tensor mixed = at::scaled_dot_product_attention(
      rotated(0), keys, values, mask.defined() ? std::optional<at::Tensor>(mask) : std::nullopt);
  return at::linear(mixed.transpose(1, 2).reshape({rows, length, config_.width}), layer.attention_out_DD);
}

ModelOutput Transformer::forward(const ModelInput& input) const {
  // Padding attends to padding, so that no row of the softmax is empty.
  const at::Tensor apart = input.segment_BT.unsqueeze(2) != input.segment_BT.unsqueeze(1);
  const at::Tensor mask = at::zeros(apart.sizes(), embedding_VD_.options())
                              .masked_fill_(apart, -std::numeric_limits<double>::infinity())
                              .unsqueeze(1);
  return forward(input, mask, nullptr);
}

ModelOutput Transformer::forward(const ModelInput& input, ContextCache& cache) const {
  return forward(input, {}, &cache);
}

ModelOutput Transformer::forward(const ModelInput& input, const at::Tensor& mask, ContextCache* cache) const {
  const ProductPrecision products(precision_, device_);
  const at::Tensor rotation = rotations(input.position_BT);
  ModelOutput output;
  output.precision = precision_;
  at::Tensor x_BTD = at::embedding(embedding_VD_, input.ids_BT);
  for (std::size_t number = 0; number < layers_.size(); ++number) {
    const Layer& layer = layers_[number];
    x_BTD = x_BTD + attention(number, rms_norm(x_BTD, layer.attention_norm_D), rotation, mask, cache);
    const at::Tensor normed_BTD = rms_norm(x_BTD, layer.feed_forward_norm_D);
    if (layer.mixture.router_ED.defined()) {
      const at::Tensor normed_ND = normed_BTD.flatten(0, 1).index_select(0, input.token_N);
      const std::size_t mixture = output.routers.size();
      const bool keeps = cache != nullptr && config_.router == RouterMode::kSegment;
      const at::Tensor kept =
          keeps && mixture < cache->router_logits_UE.size() ? cache->router_logits_UE[mixture] : at::Tensor();
      RouterState& router = output.routers.emplace_back();
      const at::Tensor mixed_ND = mixture_forward(layer.mixture, config_, static_cast<std::int64_t>(mixture),
                                                  normed_ND, input, router, kept);
      if (keeps && !kept.defined()) cache->router_logits_UE.push_back(router.logits_UE);
      x_BTD = x_BTD.flatten(0, 1).index_add(0, input.token_N, mixed_ND).view_as(x_BTD);
    } else {
      x_BTD = x_BTD + swiglu(normed_BTD, layer.dense_in_2HD, layer.dense_out_DH);
    }
  }
  output.hidden_MD = rms_norm(x_BTD.flatten(0, 1).index_select(0, input.predict_M), final_norm_D_);
  const std::int64_t columns = config_.vocabulary - kFirstPredictable;
  output.head_VD = embedding_VD_.narrow(0, kFirstPredictable, columns);
  output.head_bias_V = output_bias_V_.narrow(0, kFirstPredictable, columns);
  return output;
}

void Transformer::set_output_bias(const std::vector<float>& bias_V) {
  const c10::NoGradGuard no_grad;
  output_bias_V_.copy_(to_tensor(bias_V, device_));
}

NamedTensors Transformer::named_tensors() const {
  NamedTensors tensors;
  for (const Parameter& parameter : parameters_)
    tensors.emplace_back(parameter.name, parameter.value.detach());
  return tensors;
}

void Transformer::load(const NamedTensors& tensors, const std::string& where) {
  const c10::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> by_name(tensors.begin(), tensors.end());
  for (const Parameter& parameter : parameters_) {
    const auto found = by_name.find(parameter.name);
    const bool fits = found != by_name.end() && found->second.sizes() == parameter.value.sizes();
    if (!fits || !at::isfinite(found->second).all().item<bool>()) {
      const char* problem = found == by_name.end() ? "is missing"
                            : fits                 ? "holds NaN or infinity"
                                                   : "has another shape";
      throw base::Error(base::ErrorCode::kBadData, "tensor " + parameter.name + " " + problem,
                        {.where = where});
    }
    parameter.value.copy_(found->second);
    by_name.erase(found);
  }
  if (!by_name.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "unexpected tensor " + by_name.begin()->first,
                      {.where = where});
  }
}

}  // namespace palimpsest::model
