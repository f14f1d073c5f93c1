// How specialised the experts are: counts of tokens by framework family and expert, and the scores drawn from
// them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::model {

/// A share of right choices among `choices` as S1: (share - 1/n) / (1 - 1/n), 1 when all are right and 0 at
/// chance. At least two choices.
double above_chance(double share, std::size_t choices);

/// Token counts of hard top-1 routing, by MoE layer, family and expert. Plain addition merges two of them.
class RoutingCounts {
 public:
  RoutingCounts(std::size_t layers, std::size_t families, std::size_t experts);

  void add(std::size_t layer, std::size_t family, std::size_t expert, std::uint64_t tokens = 1);
  std::uint64_t count(std::size_t layer, std::size_t family, std::size_t expert) const;

  /// Every count in a fixed order, for sums over processes.
  std::span<std::uint64_t> counts() { return counts_; }

  std::size_t layers() const { return layers_; }
  std::size_t families() const { return families_; }
  std::size_t experts() const { return experts_; }

  /// p_f: share of the family's tokens that go to its own expert (expert f), mean over layers; NaN without
  /// tokens.
  double own_share(std::size_t family) const;

  /// S1 = (p_f - 1/E) / (1 - 1/E): 1 when every token goes to the own expert, 0 at chance.
  double specialization(std::size_t family) const;

  /// The same in one layer.
  double specialization(std::size_t family, std::size_t layer) const;

  /// Mean of specialization() over the families that have tokens.
  double mean_specialization() const;

  /// I(family; expert) / H(family), mean over layers: 1 when the expert tells the family.
  double normalized_mutual_information() const;

 private:
  friend RoutingCounts sum_of(std::span<const RoutingCounts> parts);

  double own_share(std::size_t family, std::size_t layer) const;
  std::size_t index(std::size_t layer, std::size_t family, std::size_t expert) const;

  std::size_t layers_;
  std::size_t families_;
  std::size_t experts_;
  std::vector<std::uint64_t> counts_;
};

/// All counts together; at least one, of equal sizes.
RoutingCounts sum_of(std::span<const RoutingCounts> parts);

}  // namespace palimpsest::model
