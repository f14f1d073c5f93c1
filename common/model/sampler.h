// Fills masked tokens step by step: which positions a step unmasks, and with what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "common/model/denoiser.h"

namespace palimpsest::model {

enum class SamplerKind {
  kAncestral,       ///< one uniformly random position a step, its token drawn: the reverse process itself, by
                    ///< its first hitting times (arXiv 2409.02908, section 4)
  kConfidence,      ///< the position whose token is most probable
  kMargin,          ///< where the best token leads the second best by most (arXiv 2502.06768)
  kEntropyBounded,  ///< as many positions, lowest entropy first, as keep the sum of their entropies less the
                    ///< largest within a bound, which bounds what deciding them apart costs (arXiv
                    ///< 2505.24857)
  kRemasking        ///< entropy-bounded; then the least confident tokens are masked and decided again, a few
                    ///< rounds (after arXiv 2503.00307)
};

/// Throws Error{kUsage} that lists the names.
SamplerKind parse_sampler(std::string_view name);
std::string_view name_of(SamplerKind kind);
const std::vector<std::string_view>& sampler_names();

struct SamplerOptions {
  SamplerKind kind = SamplerKind::kEntropyBounded;
  double temperature = 0;      ///< 0 = the most probable token
  double entropy_bound = 0.5;  ///< nats
  double remask_share = 0.25;  ///< of the filled tokens, at least one
  std::int64_t remask_rounds = 2;
  std::uint64_t seed = 0;

  void validate() const;  ///< throws Error{kUsage}
};

/// Tokens that may stand at a position, by id; 0 = not.
using TokenMask = std::vector<std::uint8_t>;

/// A run of masked positions.
struct MaskedRun {
  std::size_t begin = 0;
  std::size_t end = 0;
  TokenMask first;  ///< for the first position; of a run of one, for that position
  TokenMask last;   ///< for the last position of a longer run
  /// In a run of two these two tokens together are forbidden (the run would spell nothing new).
  bool forbids_pair = false;
  tokens::TokenId forbidden_first = 0;
  tokens::TokenId forbidden_last = 0;
};

struct SamplingProblem {
  MaskedText text;
  std::vector<MaskedRun> runs;  ///< ascending, disjoint, not empty; together all masked positions
  TokenMask inner;              ///< for every other position of the runs
};

struct FilledToken {
  tokens::TokenId id = 0;
  double confidence = 0;   ///< probability, among the allowed tokens, when it was chosen
  std::int64_t order = 0;  ///< step that chose it, from 0
};

struct SamplingResult {
  std::vector<std::vector<FilledToken>> runs;  ///< in text order
  std::int64_t forwards = 0;
  double log_likelihood = 0;  ///< sum of log confidence: of the chain rule along the order of filling when
                              ///< every step decides one token
};

/// Sees the text after every step, with the positions it decided.
using SamplingWatcher = std::function<void(const MaskedText& text, const std::vector<std::size_t>& decided)>;

/// Depends on the denoiser, the problem and the options alone; ties fall to the leftmost position and the
/// smallest id. Draws are by inverse CDF in double precision: Gumbel noise in single precision lowers the
/// temperature (arXiv 2409.02908, section 5). Throws Error{kBug} when a position allows no token.
SamplingResult sample(Denoiser& denoiser, const SamplingProblem& problem, const SamplerOptions& options,
                      const SamplingWatcher& watcher = {});

}  // namespace palimpsest::model
