// The special tokens of every Palimpsest vocabulary. They have the lowest ids, in this order.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace palimpsest::tokens {

/// Ids fit 16 bits: a vocabulary has at most 65,536 entries.
using TokenId = std::uint16_t;

inline constexpr TokenId kPadId = 0;     ///< fills rows; never attended, never predicted
inline constexpr TokenId kMaskId = 1;    ///< a masked position of the diffusion process; never predicted
inline constexpr TokenId kEndId = 2;     ///< ends a segment; predicted like any token
inline constexpr TokenId kExpandId = 3;  ///< reserved for holes of unknown length

inline constexpr std::array<std::string_view, 8> kSpecialTokens = {
    "<|pad|>",        "<|mask|>",       "<|end|>",        "<|expand|>",
    "<|reserved_0|>", "<|reserved_1|>", "<|reserved_2|>", "<|reserved_3|>"};

inline constexpr TokenId kSpecialCount = static_cast<TokenId>(kSpecialTokens.size());

}  // namespace palimpsest::tokens
