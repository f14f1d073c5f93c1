// Filling a hole of known length between a prefix and a suffix by confidence-ordered unmasking.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/transformer.h"
#include "common/tokens/special_tokens.h"

namespace palimpsest::model {

struct InfillRequest {
  std::vector<tokens::TokenId> header;  ///< visible header of the file
  std::vector<tokens::TokenId> prefix;  ///< text before the hole; its end is used
  std::vector<tokens::TokenId> suffix;  ///< text behind the hole; its beginning is used
  std::int64_t hole = 0;                ///< tokens to fill
  std::int64_t context = 512;           ///< most tokens in all, the row length of training
};

struct FilledToken {
  tokens::TokenId id = 0;
  double confidence = 0;   ///< probability when it was chosen
  std::int64_t order = 0;  ///< 0 = chosen first
};

struct InfillResult {
  std::vector<FilledToken> tokens;   ///< in text order, `hole` of them, none special
  std::vector<double> expert_probs;  ///< of the segment, mean over MoE layers; empty for a dense model
};

/// One token a forward pass: the position whose best token is most probable is filled first (ties: the
/// leftmost). Deterministic. Throws Error{kUsage} when the hole leaves no room for context.
InfillResult fill_hole(const Transformer& transformer, const InfillRequest& request);

}  // namespace palimpsest::model
