// What an encoding does with text that spells special tokens and with bytes that are not UTF-8.
#pragma once

#include <bitset>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

/// Special tokens, by id.
using SpecialSet = std::bitset<kSpecialCount>;

enum class BrokenUtf8 {
  kRefuse,  ///< Error{kBadData}; Hugging Face cannot take such text at all
  kBytes,   ///< each longest stretch that is no UTF-8 is a pre-token of its own
};

/// The default is for source text: it is UTF-8, and what spells a special token is data.
struct EncodeOptions {
  SpecialSet allowed_specials = {};  ///< whose spelling in the text becomes the special token
  BrokenUtf8 broken_utf8 = BrokenUtf8::kRefuse;
};

}  // namespace palimpsest::tokens
