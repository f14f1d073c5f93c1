#include "common/model/model_config.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/model/toml_table.h"

namespace palimpsest::embedded {
extern const std::string_view kNanoPreset;
extern const std::string_view kDenseNanoPreset;
extern const std::string_view kMoedcoder10mPreset;
extern const std::string_view kDense6mPreset;
extern const std::string_view kDense10mPreset;
}  // namespace palimpsest::embedded

namespace palimpsest::model {
namespace {

const std::map<std::string, std::string_view>& presets() {
  static const std::map<std::string, std::string_view> table = {
      {"nano", embedded::kNanoPreset},
      {"dense-nano", embedded::kDenseNanoPreset},
      {"moedcoder-10m", embedded::kMoedcoder10mPreset},
      {"dense-6m", embedded::kDense6mPreset},
      {"dense-10m", embedded::kDense10mPreset},
  };
  return table;
}

RouterMode parse_router(const std::string& name, const std::string& where) {
  if (name == "token") return RouterMode::kToken;
  if (name == "segment") return RouterMode::kSegment;
  throw base::Error(base::ErrorCode::kUsage, "unknown router mode",
                    {.got = name, .expected = "token or segment", .where = where});
}

const char* router_name(RouterMode mode) {
  return mode == RouterMode::kToken ? "token" : "segment";
}

ModelConfig parse_config(std::string_view text, const std::string& where) {
  const toml::table toml = parse_toml(text, where);
  TomlTable table(toml, where);
  ModelConfig config;
  config.width = table.get("width", config.width);
  config.heads = table.get("heads", config.heads);
  config.layers = table.get("layers", config.layers);
  config.dense_hidden = table.get("dense_hidden", config.dense_hidden);
  config.experts = table.get("experts", config.experts);
  config.expert_hidden = table.get("expert_hidden", config.expert_hidden);
  config.router = parse_router(table.get("router", std::string(router_name(config.router))), where);
  config.top_k = table.get("top_k", config.top_k);
  config.router_jitter = table.get("router_jitter", config.router_jitter);
  config.bias_balancing = table.get("bias_balancing", config.bias_balancing);
  config.shared_hidden = table.get("shared_hidden", config.shared_hidden);
  config.rope_base = table.get("rope_base", config.rope_base);
  if (const toml::array* layers = table.array("moe_layers")) {
    config.moe_layers.clear();
    for (const toml::node& node : *layers) config.moe_layers.push_back(node.value_or<std::int64_t>(-1));
  }
  table.check_all_used();
  return config;
}

void require_size(bool holds, const char* what, std::int64_t got, const std::string& expected) {
  if (holds) return;
  throw base::Error(base::ErrorCode::kUsage, std::string("impossible model: ") + what,
                    {.got = std::to_string(got), .expected = expected});
}

std::int64_t swiglu_parameters(std::int64_t width, std::int64_t hidden) {
  return 3 * width * hidden;
}

}  // namespace

bool ModelConfig::is_moe_layer(std::int64_t layer) const {
  return std::binary_search(moe_layers.begin(), moe_layers.end(), layer);
}

void ModelConfig::validate() const {
  require_size(vocabulary > 8 && vocabulary <= 65536, "vocabulary", vocabulary, "9 to 65536");
  require_size(layers >= 1 && layers <= 1024, "layers", layers, "1 to 1024");
  require_size(heads >= 1, "heads", heads, "at least 1");
  require_size(width >= 2 && width <= 65536 && width % (2 * heads) == 0, "width", width,
               fmt::format("a multiple of 2 x heads = {}", 2 * heads));
  require_size(dense_hidden >= 1, "dense_hidden", dense_hidden, "at least 1");
  require_size(std::is_sorted(moe_layers.begin(), moe_layers.end()), "moe_layers", 0,
               "ascending layer numbers");
  for (const std::int64_t layer : moe_layers) {
    require_size(layer >= 0 && layer < layers, "moe_layers", layer, fmt::format("0 to {}", layers - 1));
  }
  if (!moe_layers.empty()) {
    require_size(experts >= 2, "experts", experts, "at least 2 (or no moe_layers)");
    require_size(expert_hidden >= 1, "expert_hidden", expert_hidden, "at least 1");
    require_size(top_k >= 1 && top_k <= experts, "top_k", top_k, fmt::format("1 to experts = {}", experts));
    require_size(shared_hidden >= 0, "shared_hidden", shared_hidden, "at least 0");
    require_size(router_jitter >= 0 && router_jitter < 1, "router_jitter in percent",
                 static_cast<std::int64_t>(100 * router_jitter), "0 to 99");
  }
}

ParameterCount count_parameters(const ModelConfig& config) {
  const std::int64_t attention = 4 * config.width * config.width + 2 * config.head_width();
  ParameterCount count;
  for (std::int64_t layer = 0; layer < config.layers; ++layer) {
    const std::int64_t shared = attention + 2 * config.width;
    if (config.is_moe_layer(layer)) {
      const std::int64_t every = shared + config.experts * (config.width + (config.bias_balancing ? 1 : 0)) +
                                 swiglu_parameters(config.width, config.shared_hidden);
      const std::int64_t expert = swiglu_parameters(config.width, config.expert_hidden);
      count.total += every + config.experts * expert;
      count.active += every + config.top_k * expert;
    } else {
      const std::int64_t dense = shared + swiglu_parameters(config.width, config.dense_hidden);
      count.total += dense;
      count.active += dense;
    }
  }
  const std::int64_t outside = config.vocabulary * (config.width + 1) + config.width;
  count.total += outside;
  count.active += outside;
  return count;
}

std::vector<std::string> model_presets() {
  std::vector<std::string> names;
  for (const auto& [name, text] : presets()) names.push_back(name);
  return names;
}

ModelConfig load_model_config(const std::string& preset_or_file) {
  if (const auto preset = presets().find(preset_or_file); preset != presets().end()) {
    return parse_config(preset->second, "preset " + preset_or_file);
  }
  if (!std::filesystem::exists(preset_or_file)) {
    throw base::Error(
        base::ErrorCode::kUsage, "unknown model",
        {.got = preset_or_file,
         .expected = fmt::format("a TOML file or one of {}", fmt::join(model_presets(), ", "))});
  }
  return parse_config(io::read_file(preset_or_file), preset_or_file);
}

io::Json to_json(const ModelConfig& config) {
  return {{"vocabulary", config.vocabulary},
          {"width", config.width},
          {"heads", config.heads},
          {"layers", config.layers},
          {"dense_hidden", config.dense_hidden},
          {"experts", config.experts},
          {"expert_hidden", config.expert_hidden},
          {"moe_layers", config.moe_layers},
          {"router", router_name(config.router)},
          {"top_k", config.top_k},
          {"router_jitter", config.router_jitter},
          {"bias_balancing", config.bias_balancing},
          {"shared_hidden", config.shared_hidden},
          {"rope_base", config.rope_base}};
}

ModelConfig model_config_from_json(const io::Json& json, const std::string& where) {
  ModelConfig config;
  config.vocabulary = io::require<std::int64_t>(json, "vocabulary", where);
  config.width = io::require<std::int64_t>(json, "width", where);
  config.heads = io::require<std::int64_t>(json, "heads", where);
  config.layers = io::require<std::int64_t>(json, "layers", where);
  config.dense_hidden = io::require<std::int64_t>(json, "dense_hidden", where);
  config.experts = io::require<std::int64_t>(json, "experts", where);
  config.expert_hidden = io::require<std::int64_t>(json, "expert_hidden", where);
  config.moe_layers = io::require<std::vector<std::int64_t>>(json, "moe_layers", where);
  config.router = parse_router(io::require<std::string>(json, "router", where), where);
  config.top_k = io::require<std::int64_t>(json, "top_k", where);
  config.router_jitter = io::require<double>(json, "router_jitter", where);
  config.bias_balancing = io::require<bool>(json, "bias_balancing", where);
  config.shared_hidden = io::require<std::int64_t>(json, "shared_hidden", where);
  config.rope_base = io::require<double>(json, "rope_base", where);
  config.validate();
  return config;
}

}  // namespace palimpsest::model
