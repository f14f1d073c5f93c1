// What a sampler asks of a model: the distribution of every masked token of one text, given the rest.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::model {

/// One segment with masked tokens.
struct MaskedText {
  std::vector<tokens::TokenId> ids;  ///< header first; kMaskId where masked
  std::size_t header = 0;            ///< tokens of the visible header
};

/// Natural log-probabilities, `positions` x `vocabulary`, row-major; -infinity for `<|pad|>` and `<|mask|>`.
struct LogProbabilities {
  std::size_t vocabulary = 0;
  std::vector<float> values;

  std::span<const float> row(std::size_t position) const {
    return std::span(values).subspan(position * vocabulary, vocabulary);
  }
};

/// May keep state between the calls about one text, so: one for each fill, not shared between threads.
class Denoiser {
 public:
  virtual ~Denoiser() = default;

  /// One forward pass. `masked` are the masked positions wanted, ascending. From call to call only tokens at
  /// positions that were masked in the first call differ.
  virtual LogProbabilities denoise(const MaskedText& text, const std::vector<std::size_t>& masked) = 0;

  /// Probability of each expert for the text of the first call, mean over the MoE layers; empty for a dense
  /// model.
  virtual std::vector<double> expert_probs() const { return {}; }
};

}  // namespace palimpsest::model
