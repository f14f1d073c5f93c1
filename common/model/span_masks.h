// Holes as people leave them in code: lines, bracketed blocks, runs of tokens. Training masks inside them as
// a second stream beside the uniform masks of diffusion.h.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/random.h"
#include "common/model/diffusion.h"
#include "common/model/row_batch.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::model {

/// What a token's bytes mean for cutting holes.
struct TokenShape {
  bool newline = false;    ///< begins a line
  std::int32_t depth = 0;  ///< brackets of any kind that it opens, less those that it closes
};

/// By token id.
std::vector<TokenShape> token_shapes(const tokens::Tokenizer& tokenizer);

/// A hole for about `share` of the segments: one to three regions, each a run of whole lines, a bracketed
/// block (what tokens show of a syntax node) or any run of tokens, together less than the segment. Segments
/// of fewer than 4 maskable tokens get none. `<|end|>` is in no hole.
Holes draw_holes(const RowBatch& batch, const std::vector<TokenShape>& shapes, double share,
                 base::Random& random);

}  // namespace palimpsest::model
