// Baseline: what stood behind the same words elsewhere in the file.
#pragma once

#include "evaluate/bench/filler.h"

namespace palimpsest::bench {

/// Looks for places in the file that follow the longest run of lexemes in front of the hole, and copies from
/// there to where the text goes on as behind the hole: the next two lexemes of the suffix, or failing that
/// one. Longest run first, then nearest. At most kMaxLexemes are copied.
class CopyFiller : public Filler {
 public:
  std::string name() const override { return "copy"; }
  Fills fill(const Hole& hole, std::size_t candidates, std::uint64_t seed) const override;

  static constexpr std::size_t kMaxLexemes = 128;
};

}  // namespace palimpsest::bench
