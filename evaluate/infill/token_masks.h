// Which tokens may stand in a hole, and at its edges, so that every visible byte stays as it is.
#pragma once

#include <optional>
#include <string_view>

#include "common/model/sampler.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::infill {

/// The last token in front of a hole and the first behind it. The text's own tokenization may well have a
/// token that crosses the hole's edge, so these two are masked together with the hole, and what is filled in
/// begins with the bytes of the one and ends with those of the other (token healing).
struct HoleEdges {
  std::optional<tokens::TokenId> left;
  std::optional<tokens::TokenId> right;
  bool whole_characters = true;  ///< both edges are between UTF-8 characters; else the fill may be any bytes
};

struct FillLimits {
  bool allows_empty = false;
  bool any_bytes = false;  ///< a character may be spelled by several tokens, and so may bytes that are none
};

class TokenMasks {
 public:
  explicit TokenMasks(const tokens::Tokenizer& tokenizer);

  /// Every token that is not special; of those the ones that are UTF-8 by themselves, or all.
  const model::TokenMask& inner(bool any_bytes) const { return any_bytes ? inner_ : inner_utf8_; }

  /// A run of `length` masked tokens from position `begin` that spells left + fill + right, each token's part
  /// of the fill UTF-8 by itself unless `any_bytes`. nullopt when no fill can: none is empty, unless
  /// `allows_empty`.
  std::optional<model::MaskedRun> make_run(const HoleEdges& edges, std::size_t begin, std::size_t length,
                                           FillLimits limits) const;

  std::string_view left_bytes(const HoleEdges& edges) const;
  std::string_view right_bytes(const HoleEdges& edges) const;

 private:
  /// Tokens that spell prefix + rest + suffix, the rest UTF-8 if `utf8` and not empty if `some`.
  model::TokenMask spelling(std::string_view prefix, std::string_view suffix, bool utf8, bool some) const;

  const tokens::Tokenizer& tokenizer_;
  model::TokenMask inner_;
  model::TokenMask inner_utf8_;
};

}  // namespace palimpsest::infill
