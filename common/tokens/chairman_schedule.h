// Which label each row of a mix has, from a table of one period: within 1 of the shares for any weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace palimpsest::tokens {

/// Tijdeman's answer to the chairman assignment problem (R. Tijdeman, The chairman assignment problem,
/// Discrete Mathematics 32, 1980, 323-330): after every row each label's count differs from its share by at
/// most 1 - 1 / (2k - 2), k labels, which no schedule betters for all weights. The schedule repeats after as
/// many rows as the weights sum to; a table of that length makes every row O(1). Thread-safe.
class ChairmanSchedule {
 public:
  /// Weights above 0, sum at most kMostRows.
  explicit ChairmanSchedule(std::vector<std::uint64_t> weights);

  static constexpr std::uint64_t kMostRows = std::uint64_t{1} << 18;

  /// Label of the n-th row, counted from 0, and how many rows of this label come before it.
  std::size_t label_at(std::uint64_t n) const { return labels_[n % labels_.size()]; }
  std::uint64_t count_before(std::size_t label, std::uint64_t n) const;

  double error_bound() const;
  const std::vector<std::uint64_t>& weights() const { return weights_; }

 private:
  static constexpr std::size_t kBlockRows = 256;

  std::vector<std::uint64_t> weights_;
  std::vector<std::uint16_t> labels_;        ///< by row of the period
  std::vector<std::uint32_t> block_counts_;  ///< blocks x labels: rows of a label before the block
};

/// Whole numbers that sum to `total`, each less than 1 away from its weight's part of it: largest remainders,
/// the first of equals. Each is at least 1 if that part is.
std::vector<std::uint64_t> apportion(const std::vector<std::uint64_t>& weights, std::uint64_t total);

}  // namespace palimpsest::tokens
