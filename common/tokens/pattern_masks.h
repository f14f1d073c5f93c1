// The patterns of the presets on a block of ASCII text, by bit operations on all its bytes at once.
#pragma once

#include "common/tokens/byte_block.h"

namespace palimpsest::tokens {

/// Of a block that begins where the pattern looks for its next match. No pattern looks behind, so nothing
/// before the block matters. A bit is right when it and the kLookahead bytes behind it are in the block and
/// ASCII.
struct PatternMasks {
  ByteMask cuts = 0;  ///< where a match begins or ends
  ByteMask free = 0;  ///< where no match begins and none goes on: a search may start here
};
inline constexpr std::size_t kLookahead = 2;

PatternMasks code_stage1_masks(const ByteBlock& block);
PatternMasks superbpe_stage1_masks(const ByteBlock& block);
PatternMasks superbpe_stage2_masks(const ByteBlock& block);

/// Where [0-9]{1,3} begins, of the mask of digits.
ByteMask digit_groups(ByteMask digits);

}  // namespace palimpsest::tokens
