// Fills holes that share one context.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "evaluate/infill/infiller.h"

namespace palimpsest::infill {

/// Used once. Keeps references to its arguments.
class GroupFill {
 public:
  GroupFill(const tokens::Tokenizer& tokenizer, const TokenMasks& masks, const DenoiserFactory& make_denoiser,
            const InfillOptions& options, const InfillRequest& request,
            const model::SamplingWatcher& watcher);

  InfillResult run();

 private:
  using Lengths = std::vector<std::size_t>;

  /// Tokens for every hole, best first.
  std::vector<Lengths> rank_lengths();
  Lengths rank_lengths_of(std::size_t hole, const Lengths& others);

  /// One fill of every hole; nullopt when none has such lengths.
  std::optional<InfillCandidate> sample(const Lengths& lengths, const model::SamplerOptions& sampler,
                                        bool any_bytes, bool draft);
  /// The same, made of UTF-8 if that can be.
  InfillCandidate make_candidate(const Lengths& lengths, const model::SamplerOptions& sampler);
  [[noreturn]] void refuse_length() const;
  HoleFill to_fill(std::size_t hole, const std::vector<model::FilledToken>& tokens) const;
  std::size_t count_errors(const std::vector<HoleFill>& fills) const;

  /// Log-probability of the filled tokens when they were chosen, and of a few visible ones on both sides of
  /// each run given the fill: those are the same tokens whatever the fill, so they tell a fill that leads
  /// into the text behind it from one that does not. A bonus a token makes up for what length costs; a mean
  /// over the tokens would prefer long repetitions, which are easy to predict.
  double score(const model::SamplingProblem& problem, const model::SamplingResult& result);

  const tokens::Tokenizer& tokenizer_;
  const TokenMasks& masks_;
  const DenoiserFactory& make_denoiser_;
  const InfillOptions& options_;
  const InfillRequest& request_;
  const model::SamplingWatcher& watcher_;
  HoleContext context_;
  InfillResult result_;
};

}  // namespace palimpsest::infill
