// The transformer as a sampler sees it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/context_cache.h"
#include "common/model/denoiser.h"
#include "common/model/transformer.h"

namespace palimpsest::model {

struct TransformerDenoiserOptions {
  bool cache_context = false;            ///< see ContextCache; else every pass is over the whole text
  std::int64_t expert = kRouterChooses;  ///< serves the text in every MoE layer
};

/// Equal texts give equal bits as long as the number of LibTorch's threads is the same: a text is a batch of
/// its own. Keeps a reference to the transformer.
class TransformerDenoiser final : public Denoiser {
 public:
  explicit TransformerDenoiser(const Transformer& transformer, TransformerDenoiserOptions options = {});

  LogProbabilities denoise(const MaskedText& text, const std::vector<std::size_t>& masked) override;
  std::vector<double> expert_probs() const override { return expert_probs_; }

 private:
  ModelOutput whole_pass(const MaskedText& text, const std::vector<std::int64_t>& masked);
  ModelOutput hole_pass(const MaskedText& text, const std::vector<std::int64_t>& masked);

  const Transformer& transformer_;
  TransformerDenoiserOptions options_;
  ContextCache cache_;
  std::vector<std::int64_t> hole_;  ///< positions masked in the first call
  std::vector<double> expert_probs_;
};

}  // namespace palimpsest::model
