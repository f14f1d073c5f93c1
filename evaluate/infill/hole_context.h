// A text with holes as a model sees it: visible tokens around runs of masked ones, cut to the model's
// context.
#pragma once

#include <string_view>
#include <vector>

#include "common/model/sampler.h"
#include "common/tokens/tokenizer.h"
#include "evaluate/infill/text_position.h"
#include "evaluate/infill/token_masks.h"

namespace palimpsest::infill {

struct HoleContext {
  std::vector<tokens::TokenId> header;                ///< visible header of the file
  std::vector<std::vector<tokens::TokenId>> visible;  ///< in front of, between and behind the holes, without
                                                      ///< the tokens at their edges
  std::vector<HoleEdges> edges;                       ///< one a hole
  bool ends_text = false;                             ///< nothing follows the last of `visible`
};

/// `holes` are ascending and disjoint ranges of `text`; what they cover is not looked at. The file's path and
/// the imports in its visible text make the header. Takes time in what is near the holes, but for the header.
HoleContext make_hole_context(const tokens::Tokenizer& tokenizer, std::string_view path,
                              std::string_view text, const std::vector<TextRange>& holes);

/// Header, what is between holes, and the end.
std::size_t fixed_tokens(const HoleContext& context);

/// Most tokens that runs of these holes may have together in a context of so many tokens, half of which shows
/// text around them.
std::size_t most_masked(const HoleContext& context, std::size_t context_tokens);

/// Masks `lengths[i]` tokens for hole i and fills the rest of `context_tokens` with text on both sides,
/// evenly where there is enough. `problem` is set unless no fill of such lengths exists
/// (TokenMasks::make_run; then false is returned). Throws Error{kUsage} when the runs leave no room for
/// context.
bool make_problem(const HoleContext& context, const TokenMasks& masks,
                  const std::vector<std::size_t>& lengths, std::size_t context_tokens, FillLimits limits,
                  model::SamplingProblem& problem);

}  // namespace palimpsest::infill
