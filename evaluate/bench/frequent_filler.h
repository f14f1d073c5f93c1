// Baseline: the middle that was cut out most often in training repositories, by kind of hole.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "evaluate/bench/filler.h"
#include "evaluate/bench/hole_cutter.h"

namespace palimpsest::bench {

class FrequentFiller : public Filler {
 public:
  /// Counts the document's holes.
  void learn(std::string_view text, const std::vector<CutHole>& holes);

  /// Ends learning: ranks by count, then text.
  void finish();

  std::string name() const override { return "frequent"; }
  /// A kind never seen takes the line's.
  Fills fill(const Hole& hole, std::size_t candidates, std::uint64_t seed) const override;

  /// The kMaxRanked most frequent middles of the kind, best first.
  const std::vector<std::string>& ranked(const std::string& kind) const;

  static constexpr std::size_t kMaxRanked = 256;

 private:
  std::map<std::string, std::unordered_map<std::string, std::uint64_t>> counts_;
  std::map<std::string, std::vector<std::string>> ranked_;
};

}  // namespace palimpsest::bench
