// Cuts text into plain text, allowed special tokens and stretches that are not UTF-8.
#pragma once

#include <string_view>
#include <vector>

#include "common/tokens/encode_options.h"

namespace palimpsest::tokens {

struct TextSegment {
  enum class Kind { kText, kSpecial, kBroken };
  Kind kind = Kind::kText;
  std::string_view text;
  TokenId special = 0;  ///< of kSpecial
};

/// In order, not empty, joining to `text`. With BrokenUtf8::kRefuse all text counts as UTF-8.
std::vector<TextSegment> segment_text(std::string_view text, const EncodeOptions& options);

}  // namespace palimpsest::tokens
