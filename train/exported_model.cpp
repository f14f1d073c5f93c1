#include "train/exported_model.h"

#include "common/io/file.h"
#include "common/tokens/special_tokens.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::train {
namespace {

const char* dtype_name(model::WeightFormat format) {
  switch (format) {
    case model::WeightFormat::kBFloat16:
      return "bfloat16";
    case model::WeightFormat::kInt8:
      return "int8";
    case model::WeightFormat::kFloat32:
      break;
  }
  return "float32";
}

}  // namespace

io::Json model_config_json(const model::CheckpointState& state, model::WeightFormat format) {
  const model::ModelConfig& config = state.config;
  return {{"architectures", {"PalimpsestMaskedDiffusion"}},
          {"model_type", "palimpsest"},
          {"dtype", dtype_name(format)},
          {"vocab_size", config.vocabulary},
          {"hidden_size", config.width},
          {"num_hidden_layers", config.layers},
          {"num_attention_heads", config.heads},
          {"intermediate_size", config.dense_hidden},
          {"num_experts", config.experts},
          {"num_experts_per_tok", config.experts > 0 ? 1 : 0},
          {"moe_intermediate_size", config.expert_hidden},
          {"moe_layers", config.moe_layers},
          {"router", model::to_json(config).at("router")},
          {"rope_theta", config.rope_base},
          {"max_position_embeddings", state.row_tokens},
          {"tie_word_embeddings", true},
          {"pad_token_id", tokens::kPadId},
          {"mask_token_id", tokens::kMaskId},
          {"eos_token_id", tokens::kEndId},
          {"expert_labels", state.labels}};
}

std::uint64_t write_exported_model(const std::filesystem::path& directory, model::CheckpointState state,
                                   const model::NamedTensors& weights, model::WeightFormat format,
                                   const std::string& tokenizer_json) {
  state.trainer = io::Json::object();
  state.digests.clear();
  model::write_checkpoint_files(directory, state,
                                {{model::kModelFile, model::pack_weights(weights, format)}});
  io::write_json(directory / kModelConfigFile, model_config_json(state, format));
  io::write_file_atomically(directory / tokens::kTokenizerFile, tokenizer_json);
  io::write_file_atomically(directory / tokens::kTokenizerConfigFile, tokens::tokenizer_config_json());
  io::write_file_atomically(directory / tokens::kSpecialTokensMapFile, tokens::special_tokens_map_json());
  return std::filesystem::file_size(directory / model::kModelFile);
}

}  // namespace palimpsest::train
