// Whether token boundaries respect identifiers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/tokens/tokenizer.h"

namespace palimpsest::tokenize {

/// Starts and ends of identifiers, and how many of them are token boundaries.
struct BoundaryCounts {
  std::uint64_t all = 0;
  std::uint64_t aligned = 0;

  void operator+=(const BoundaryCounts& other) {
    all += other.all;
    aligned += other.aligned;
  }
};

/// An identifier is a longest run of letters, digits, `_`, `$` and non-ASCII bytes that does not begin with a
/// digit. Its start is aligned when a token begins there or at the one space before it, because a word token
/// carries its space; its end when a token ends there. `ids` are those of the whole text.
BoundaryCounts identifier_boundaries(std::string_view text, std::span<const tokens::TokenId> ids,
                                     const tokens::Tokenizer& tokenizer);

}  // namespace palimpsest::tokenize
