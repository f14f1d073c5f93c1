// Which row comes next: a seeded permutation per label and epoch, mixed by label weights. No table, O(1)
// seek.
#pragma once

#include <cstdint>
#include <vector>

#include "common/tokens/mixture_schedule.h"

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

  bool operator==(const RowRef&) const = default;
};

/// Everything needed to go on reading where a run stopped.
struct DataPosition {
  std::vector<std::uint64_t> drawn;  ///< per label: rows drawn so far; epoch and cursor follow from it
  std::uint64_t total = 0;           ///< rows drawn in this mix
  std::vector<std::uint64_t>
      drawn_in_mix;  ///< of each label; follows from total, and tells one mix from another

  bool operator==(const DataPosition&) const = default;
};

/// The rows of one mix in order, without end: row n is a function of n alone, so any number of readers and
/// any batch size see the same order, and a seek is free. Thread-safe.
class RowOrder {
 public:
  /// `row_counts` and `weights` per label; `drawn` is what earlier mixes drew of each label, so that epochs
  /// go on. Throws Error{kBadData} when a label with positive weight has no rows, see also MixtureSchedule.
  RowOrder(std::vector<std::uint64_t> row_counts, std::uint64_t seed, const std::vector<double>& weights,
           std::vector<std::uint64_t> drawn = {});

  RowRef at(std::uint64_t n) const;

  /// The state after n rows of this mix.
  DataPosition position_after(std::uint64_t n) const;

  const MixtureSchedule& schedule() const { return schedule_; }

 private:
  std::vector<std::uint64_t> row_counts_;
  std::uint64_t seed_;
  MixtureSchedule schedule_;
  std::vector<std::uint64_t> drawn_;
};

/// A RowOrder with a cursor, over several mixes. Not thread-safe; copyable.
class RowSampler {
 public:
  /// row_counts per label. Begins with the natural mix: each label's weight is its number of rows.
  /// Throws Error{kBadData} when there are no rows at all.
  RowSampler(std::vector<std::uint64_t> row_counts, std::uint64_t seed);

  /// Starts a new mix; the rows drawn so far stay counted, so epochs go on. To resume inside a mix, call it
  /// before seek(). Throws as RowOrder does.
  void set_weights(const std::vector<double>& weights);

  RowRef next();

  DataPosition position() const { return order_.position_after(total_); }

  /// Throws Error{kBadData} when the position is one of other shards or of another mix.
  void seek(const DataPosition& position);

  /// The rows of the mix in progress; position().total is the number of the next.
  const RowOrder& order() const { return order_; }

 private:
  std::vector<std::uint64_t> row_counts_;
  std::uint64_t seed_;
  std::vector<double> weights_;
  RowOrder order_;
  std::uint64_t total_ = 0;
};

}  // namespace palimpsest::tokens
