// Baseline: an n-gram model of lexemes that sees both sides of the hole.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "evaluate/bench/copy_filler.h"
#include "evaluate/bench/frequent_filler.h"

namespace palimpsest::bench {

/// Counts of runs of up to kOrder lexemes, scored with stupid back-off (Brants et al. 2007, factor 0.4).
class NgramCounts {
 public:
  static constexpr std::size_t kOrder = 4;

  void learn(std::string_view text);
  /// Ends learning.
  void finish();

  /// Logarithm of the back-off score of `lexemes[at]` after those before it, natural.
  double log_score(const std::vector<std::string_view>& lexemes, std::size_t at) const;

 private:
  std::uint64_t count(std::size_t order, std::uint64_t hash) const;

  struct Counted {
    std::uint64_t hash;
    std::uint64_t count;
  };
  std::vector<std::uint64_t> seen_[kOrder];  ///< hashes while learning
  std::vector<Counted> counts_[kOrder];      ///< sorted by hash
  std::uint64_t total_ = 0;
};

/// Ranks the most frequent middles of the hole's kind and what the file offers to copy by the n-gram score of
/// middle and first lexemes of the suffix after the last lexemes of the prompt, so that a good middle has to
/// meet both sides.
class NgramFiller : public Filler {
 public:
  /// Both must outlive it, learned and finished.
  NgramFiller(const NgramCounts& counts, const FrequentFiller& frequent)
      : counts_(counts), frequent_(frequent) {}

  std::string name() const override { return "ngram"; }
  Fills fill(const Hole& hole, std::size_t candidates, std::uint64_t seed) const override;

 private:
  double score(std::string_view before, std::string_view middle, std::string_view after) const;

  const NgramCounts& counts_;
  const FrequentFiller& frequent_;
  CopyFiller copy_;
};

}  // namespace palimpsest::bench
