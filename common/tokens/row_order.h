// Which row comes next: a seeded permutation per label and epoch, mixed by label weights. No table, O(1)
// seek.
#pragma once

#include <cstdint>
#include <vector>

namespace palimpsest::tokens {

/// A keyed bijection of [0, size): a 4-round Feistel network over the next even power of two with cycle
/// walking (Black and Rogaway 2002).
class RowPermutation {
 public:
  RowPermutation(std::uint64_t size, std::uint64_t seed, std::uint64_t label, std::uint64_t epoch);

  /// The row at position `index` < size.
  std::uint64_t at(std::uint64_t index) const;

 private:
  std::uint64_t size_;
  std::uint64_t key_;
  unsigned half_bits_ = 1;
};

struct RowRef {
  std::size_t label = 0;
  std::uint64_t row = 0;
  std::uint64_t epoch = 0;  ///< how often this label's rows were all used before
};

/// Everything needed to go on reading where a run stopped.
struct DataPosition {
  std::vector<std::uint64_t> drawn;  ///< per label: rows drawn so far; epoch and cursor follow from it
  std::uint64_t total = 0;           ///< rows drawn in this mix, for the schedule
  std::vector<std::uint64_t> drawn_in_mix;
};

/// Draws rows without end. Labels follow `weights` by Tijdeman's chairman assignment (1980), so that after n
/// rows each label's count is within 1 of its share. Not thread-safe; copyable.
class RowSampler {
 public:
  /// row_counts per label. Begins with the natural mix: each label's weight is its number of rows.
  /// Throws Error{kBadData} when there are no rows at all.
  RowSampler(std::vector<std::uint64_t> row_counts, std::uint64_t seed);

  /// Starts a new mix; the rows drawn so far stay counted, so epochs go on. Weights need not sum to 1.
  /// Throws Error{kBadData} when a label with positive weight has no rows. To resume inside a mix, call it
  /// before seek().
  void set_weights(std::vector<double> weights);

  RowRef next();

  const DataPosition& position() const { return position_; }
  void seek(DataPosition position);

 private:
  std::vector<std::uint64_t> row_counts_;
  std::vector<double> weights_;
  std::uint64_t seed_;
  DataPosition position_;
};

}  // namespace palimpsest::tokens
