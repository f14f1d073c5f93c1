// A trained model as a folder to pass on: weights, sizes and tokenizer, in the layout of Hugging Face.
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/io/json.h"
#include "common/model/checkpoint.h"
#include "common/model/weight_format.h"

namespace palimpsest::train {

inline constexpr const char* kModelConfigFile = "config.json";

/// config.json: sizes under the names that Hugging Face's configs use, special token ids, labels of the
/// experts.
io::Json model_config_json(const model::CheckpointState& state, model::WeightFormat format);

/// Writes model.safetensors, config.json, state.json, tokenizer.json and its companions into `directory`,
/// which exists. load_model() reads the folder as a checkpoint. `weights` are float32, `tokenizer_json` is
/// the text of the file. Returns the bytes of model.safetensors. Throws Error{kEnvironment} on a full disk.
std::uint64_t write_exported_model(const std::filesystem::path& directory, model::CheckpointState state,
                                   const model::NamedTensors& weights, model::WeightFormat format,
                                   const std::string& tokenizer_json);

}  // namespace palimpsest::train
