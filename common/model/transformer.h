// The masked-diffusion transformer: bidirectional inside a segment, blind across segments.
//
// Shape legend: B rows, T tokens a row, M predicted positions, V vocabulary, D width, H heads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "common/model/context_cache.h"
#include "common/model/mixture.h"
#include "common/model/model_config.h"
#include "common/model/model_input.h"
#include "common/model/precision.h"
#include "common/model/safetensors.h"
#include "common/tokens/special_tokens.h"

namespace palimpsest::model {

/// Ids below this one, `<|pad|>` and `<|mask|>`, have probability 0: logits start at this id.
inline constexpr tokens::TokenId kFirstPredictable = 2;
static_assert(tokens::kPadId < kFirstPredictable && tokens::kMaskId < kFirstPredictable);

struct Parameter {
  std::string name;
  at::Tensor value;  ///< requires a gradient unless something else than the optimizer moves it
  bool decays;       ///< weight decay applies: matrices, not norms, biases or embeddings
};

/// Whether a parameter of this name is a stack of experts, [experts, ...].
bool is_expert_parameter(const std::string& name);

struct ModelOutput {
  at::Tensor hidden_MD;  ///< after the last norm
  at::Tensor head_VD;    ///< the output projection: row j is id kFirstPredictable + j
  at::Tensor head_bias_V;
  Precision precision = Precision::kFloat32;  ///< of the products; losses compute their own in it too
  std::vector<RouterState> routers;           ///< one a MoE layer

  /// [M, V] in float32. Losses take sliced_cross_entropy() instead, which never holds them all.
  at::Tensor logits_MV() const;
};

/// Pre-norm, RMSNorm, QK-norm, rotary positions that restart in each segment, SwiGLU or mixture, tied
/// embedding with an output bias. forward() is const and deterministic for a fixed number of threads.
class Transformer {
 public:
  /// Random initialisation from `seed`: normal(0, 0.02), residual outputs scaled by 1 / sqrt(2 layers).
  Transformer(const ModelConfig& config, std::uint64_t seed, at::Device device);

  ModelOutput forward(const ModelInput& input) const;

  /// The same of one row with one segment, without gradients. An empty cache is filled; with a filled one the
  /// input has the tokens of its rows_Q alone, which attend to those that were kept.
  ModelOutput forward(const ModelInput& input, ContextCache& cache) const;

  /// What forward() computes its products in; float32 unless told otherwise.
  void set_precision(Precision precision) { precision_ = precision; }

  const ModelConfig& config() const { return config_; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  at::Device device() const { return device_; }

  /// Sets the output bias, e.g. to unigram log-probabilities, so that training starts from the unigram coder.
  void set_output_bias(const std::vector<float>& bias_V);

  NamedTensors named_tensors() const;
  /// Copies values in. Throws Error{kBadData} on a missing, extra, misshapen or non-finite tensor; `where` is
  /// the file.
  void load(const NamedTensors& tensors, const std::string& where);

 private:
  struct Layer {
    at::Tensor attention_norm_D;
    at::Tensor qkv_3DD;
    at::Tensor qk_norm;  ///< [2, 1, head width]: scales of queries and keys
    at::Tensor attention_out_DD;
    at::Tensor feed_forward_norm_D;
    at::Tensor dense_in_2HD;
    at::Tensor dense_out_DH;
    MixtureWeights mixture;
  };

  at::Tensor add_parameter(const std::string& name, at::Tensor value, bool decays);
  Layer make_layer(std::int64_t number, class WeightInitializer& initializer);
  ModelOutput forward(const ModelInput& input, const at::Tensor& mask, ContextCache* cache) const;
  at::Tensor attention(std::size_t number, const at::Tensor& x_BTD, const at::Tensor& rotation,
                       const at::Tensor& mask, ContextCache* cache) const;
  at::Tensor rotations(const at::Tensor& position_BT) const;

  ModelConfig config_;
  at::Device device_;
  Precision precision_ = Precision::kFloat32;
  std::vector<Parameter> parameters_;
  at::Tensor embedding_VD_;
  at::Tensor output_bias_V_;
  at::Tensor final_norm_D_;
  std::vector<Layer> layers_;
};

}  // namespace palimpsest::model
