// Which label each row of a mix has, within 1 of the shares for any weights.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace palimpsest::tokens {

/// Tijdeman's answer to the chairman assignment problem (R. Tijdeman, The chairman assignment problem,
/// Discrete Mathematics 32, 1980, 323-330): after every row each label's count differs from its share by at
/// most 1 - 1 / (2k - 2), k labels, which no schedule betters for all weights. All arithmetic is on integers.
class ChairmanSchedule {
 public:
  struct Slot {
    std::size_t label = 0;
    std::uint64_t number = 0;  ///< how many rows of this label come before
  };

  virtual ~ChairmanSchedule() = default;

  /// The n-th row, counted from 0.
  virtual Slot at(std::uint64_t n) const = 0;

  /// Rows of each label among the first n.
  virtual std::vector<std::uint64_t> counts_after(std::uint64_t n) const = 0;

  /// 1 - 1 / (2k - 2).
  static double error_bound(std::size_t labels);
};

/// From a table of one period, which is as many rows as the weights sum to: every row is O(1). Thread-safe.
class ChairmanTable : public ChairmanSchedule {
 public:
  /// Weights above 0, sum at most kMostRows.
  explicit ChairmanTable(std::vector<std::uint64_t> weights);

  static constexpr std::uint64_t kMostRows = std::uint64_t{1} << 18;

  Slot at(std::uint64_t n) const override;
  std::vector<std::uint64_t> counts_after(std::uint64_t n) const override;

 private:
  std::uint64_t count_before(std::size_t label, std::uint64_t n) const;

  std::vector<std::uint64_t> weights_;
  std::vector<std::uint16_t> labels_;        ///< by row of the period
  std::vector<std::uint32_t> block_counts_;  ///< blocks x labels: rows of a label before the block
};

/// For periods too long for a table. Rows are laid out in blocks when they are first asked for: a row costs
/// O(1) when its block was among the last few, O(block) when it is not beyond the furthest row so far, and
/// else a few nanoseconds for each label and row in between. Memory: 8 bytes for each label and block.
/// Thread-safe.
class ChairmanWalk : public ChairmanSchedule {
 public:
  /// Weights above 0 and at most 2^52, sum below 2^62.
  explicit ChairmanWalk(std::vector<std::uint64_t> weights);

  Slot at(std::uint64_t n) const override;
  std::vector<std::uint64_t> counts_after(std::uint64_t n) const override;

 private:
  struct Block {
    std::uint64_t number = 0;
    std::vector<std::uint64_t> counts;  ///< of the rows before it
    std::vector<std::uint16_t> labels;
  };
  std::shared_ptr<const Block> block_of(std::uint64_t n) const;

  std::vector<std::uint64_t> weights_;
  mutable std::mutex mutex_;
  mutable std::vector<std::uint64_t> block_counts_;  ///< known blocks x labels
  mutable std::array<std::shared_ptr<const Block>, 4> recent_;
};

}  // namespace palimpsest::tokens
