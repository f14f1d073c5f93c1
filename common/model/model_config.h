// Sizes and switches of a model. Plain data: presets, TOML and JSON; no LibTorch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::model {

/// What one routing decision covers.
enum class RouterMode {
  kToken,    ///< each token goes to the expert of its own logits
  kSegment,  ///< one expert a segment, by the mean of the logits over its visible tokens
};

struct ModelConfig {
  std::int64_t vocabulary = 0;  ///< entries; set from the tokenizer, not from the preset
  std::int64_t width = 96;      ///< residual stream
  std::int64_t heads = 4;       ///< attention heads; width / heads must be even (rotary pairs)
  std::int64_t layers = 4;
  std::int64_t dense_hidden = 256;                ///< SwiGLU hidden size of layers without experts
  std::int64_t experts = 4;                       ///< per MoE layer; 0 for a dense model
  std::int64_t expert_hidden = 128;               ///< SwiGLU hidden size of one expert
  std::vector<std::int64_t> moe_layers = {1, 3};  ///< layers whose feed-forward is a mixture, ascending
  RouterMode router = RouterMode::kSegment;
  std::int64_t top_k = 1;          ///< experts that serve a unit
  double router_jitter = 0;        ///< in training, noise of that size on the router's input; below 1
  bool bias_balancing = false;     ///< choices carry a bias that training moves against the load
  std::int64_t shared_hidden = 0;  ///< hidden size of an expert that serves every token besides; 0 = none
  double rope_base = 10000;        ///< RoFormer (arXiv 2104.09864)

  std::int64_t head_width() const { return width / heads; }
  bool is_moe_layer(std::int64_t layer) const;

  /// Throws Error{kUsage} that names the impossible size.
  void validate() const;
};

/// Parameters in all, and those that one token uses.
struct ParameterCount {
  std::int64_t total = 0;
  std::int64_t active = 0;
};
ParameterCount count_parameters(const ModelConfig& config);

/// A preset's name (see model_presets()) or a TOML file. Unknown keys are errors.
ModelConfig load_model_config(const std::string& preset_or_file);

std::vector<std::string> model_presets();

io::Json to_json(const ModelConfig& config);
ModelConfig model_config_from_json(const io::Json& json, const std::string& where);

}  // namespace palimpsest::model
