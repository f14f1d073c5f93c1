// What one forward pass says about one masked position.
#pragma once

#include <span>

#include "common/base/random.h"
#include "common/model/sampler.h"

namespace palimpsest::model {

struct TokenProposal {
  tokens::TokenId id = 0;
  double confidence = 0;  ///< probability of `id` among the allowed tokens
  double margin = 0;      ///< of the most probable token over the second
  double entropy = 0;     ///< nats, of the allowed tokens
};

/// The most probable allowed token, or one drawn at `temperature` > 0. `without` is an id that is not
/// allowed although the mask has it, or -1. Throws Error{kBug} when nothing is allowed.
TokenProposal propose_token(std::span<const float> log_probabilities, const TokenMask& allowed,
                            std::int64_t without, double temperature, base::Random random);

}  // namespace palimpsest::model
