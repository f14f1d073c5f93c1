# `model_config` needs no LibTorch; `model` is the only library that links it.
add_palimpsest_library(model_config
  SOURCES model/model_config.cpp model/toml_table.cpp model/diffusion.cpp model/nelbo_masks.cpp model/row_batch.cpp model/routing_stats.cpp
          model/span_masks.cpp model/unigram.cpp
  LINK palimpsest_io palimpsest_tokens PkgConfig::tomlplusplus)
embed_text(palimpsest_model_config kNanoPreset model/presets/nano.toml)
embed_text(palimpsest_model_config kDenseNanoPreset model/presets/dense-nano.toml)
embed_text(palimpsest_model_config kMoedcoder10mPreset model/presets/moedcoder-10m.toml)
embed_text(palimpsest_model_config kDense6mPreset model/presets/dense-6m.toml)
embed_text(palimpsest_model_config kDense10mPreset model/presets/dense-10m.toml)

add_palimpsest_library(model
  SOURCES model/checkpoint.cpp model/context_cache.cpp model/experts.cpp model/mixture.cpp model/model_input.cpp model/fused_layers.cpp model/objective.cpp model/precision.cpp
          model/routing_losses.cpp
          model/safetensors.cpp model/scoring.cpp model/sliced_cross_entropy.cpp model/tensor_copy.cpp model/transformer.cpp model/transformer_denoiser.cpp model/weight_format.cpp
  LINK palimpsest_model_config palimpsest_sampling LibTorch::LibTorch)
target_precompile_headers(palimpsest_model PRIVATE <ATen/ATen.h>)
# Without it ccache cannot see which precompiled header GCC took, and stores nothing.
target_compile_options(palimpsest_model PUBLIC $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
