// Fills the holes of a text: how long each fill is, what stands in it, and which of several is best.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/sampler.h"
#include "common/syntax/syntax_parser.h"
#include "common/tokens/tokenizer.h"
#include "evaluate/infill/hole_context.h"

namespace palimpsest::infill {

struct InfillOptions {
  model::SamplerOptions sampler;
  std::size_t context_tokens = 512;  ///< the row length of training
  std::size_t tokens = 0;            ///< length of every fill, with the tokens at its edges; 0 = searched
  std::size_t max_tokens = 32;       ///< longest fill that the search tries
  std::size_t candidates = 4;        ///< fills to choose from
  bool allows_empty = false;

  void validate() const;  ///< throws Error{kUsage}
};

/// A text with holes: ascending and disjoint byte ranges, whose present content is not looked at.
struct InfillRequest {
  std::string path;  ///< tells the framework, with the imports
  std::string text;
  std::vector<TextRange> holes;
  std::optional<syntax::Grammar> grammar;  ///< of the syntax check; none = no check
};

struct FillPiece {
  std::string text;  ///< what the token adds to the fill: visible bytes at the edges are left out
  double confidence = 0;
  std::int64_t order = 0;
};

struct HoleFill {
  std::string text;
  std::vector<FillPiece> pieces;  ///< join to `text`
};

struct InfillCandidate {
  std::vector<HoleFill> fills;    ///< one a hole
  std::size_t blank_fills = 0;    ///< of nothing but white space; 0 where fills may be empty
  std::size_t syntax_errors = 0;  ///< ERROR and MISSING nodes of the filled text; 0 without a check
  double score = 0;               ///< log-probability of the fill and of the text around it, nats, with a
                                  ///< bonus for each token
};

struct InfillResult {
  std::vector<InfillCandidate> candidates;  ///< best first: fewest blank fills, then fewest syntax errors,
                                            ///< then highest score; no two with the same fills
  std::vector<double> expert_probs;         ///< Denoiser::expert_probs() of the first fill
  std::int64_t forwards = 0;                ///< forward passes of all candidates and of the search
};

/// A new denoiser of one model. A `draft` may be an approximation.
using DenoiserFactory = std::function<std::unique_ptr<model::Denoiser>(bool draft)>;

/// Immutable; fill() may run in several threads, one text each. Equal requests give equal results if the
/// denoisers do.
class Infiller {
 public:
  Infiller(const tokens::Tokenizer& tokenizer, DenoiserFactory make_denoiser, InfillOptions options);

  /// The text around the holes stays as it is, byte by byte. Holes that are too far apart for one context are
  /// filled one group after the other, each seeing the best fill of those before; then there is one
  /// candidate. The watcher sees the steps of every candidate, not of the search. Throws Error{kUsage} for
  /// holes outside the text, out of order, none, or of more tokens than the context takes.
  InfillResult fill(const InfillRequest& request, const model::SamplingWatcher& watcher = {}) const;

 private:
  std::size_t group_end(const InfillRequest& request, std::size_t begin) const;

  const tokens::Tokenizer& tokenizer_;
  TokenMasks masks_;
  DenoiserFactory make_denoiser_;
  InfillOptions options_;
};

/// The text with every hole replaced by its fill.
std::string splice(const InfillRequest& request, const std::vector<HoleFill>& fills);

}  // namespace palimpsest::infill
