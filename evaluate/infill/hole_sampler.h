// Fills holes that share one context, once for each choice of lengths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "evaluate/infill/hole_context.h"
#include "evaluate/infill/infiller.h"

namespace palimpsest::infill {

using Lengths = std::vector<std::size_t>;  ///< tokens to fill, one entry a hole

/// One fill of every hole and what it took.
struct Draw {
  InfillCandidate candidate;
  std::int64_t forwards = 0;
  std::vector<double> expert_probs;
};

/// Smaller is better: first no blank fills, then few syntax errors, then a high score.
using CandidateRank = std::tuple<std::size_t, std::size_t, double>;
CandidateRank rank_of(const InfillCandidate& candidate);

/// Every fill by itself.
bool is_utf8(const InfillCandidate& candidate);

/// Immutable and thread-safe. Keeps references to its arguments.
class HoleSampler {
 public:
  HoleSampler(const tokens::Tokenizer& tokenizer, const TokenMasks& masks,
              const DenoiserFactory& make_denoiser, const InfillOptions& options,
              const InfillRequest& request);

  const HoleContext& context() const { return context_; }
  const InfillOptions& options() const { return options_; }

  /// nullopt when no fill has such lengths. A `draft` may use an approximate denoiser, and any bytes.
  std::optional<Draw> draw(const Lengths& lengths, const model::SamplerOptions& sampler, bool draft,
                           const model::SamplingWatcher& watcher = {}) const;

 private:
  std::optional<Draw> draw_bytes(const Lengths& lengths, const model::SamplerOptions& sampler, bool any_bytes,
                                 bool draft, const model::SamplingWatcher& watcher) const;
  HoleFill to_fill(std::size_t hole, const std::vector<model::FilledToken>& tokens) const;
  std::size_t count_errors(const std::vector<HoleFill>& fills) const;

  /// Log-probability of the filled tokens when they were chosen, and of a few visible ones on both sides of
  /// each run given the fill: those are the same tokens whatever the fill, so they tell a fill that leads
  /// into the text behind it from one that does not. A bonus a token makes up for what length costs; a mean
  /// over the tokens would prefer long repetitions, which are easy to predict.
  double score(const model::SamplingProblem& problem, const model::SamplingResult& result) const;

  const tokens::Tokenizer& tokenizer_;
  const TokenMasks& masks_;
  const DenoiserFactory& make_denoiser_;
  const InfillOptions& options_;
  const InfillRequest& request_;
  HoleContext context_;
};

}  // namespace palimpsest::infill
