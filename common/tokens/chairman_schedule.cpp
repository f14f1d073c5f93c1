#include "common/tokens/chairman_schedule.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace palimpsest::tokens {
namespace {

__extension__ using Wide = __int128;

constexpr std::size_t kTableBlockRows = 256;
constexpr std::size_t kWalkBlockRows = 4096;

/// The rows one after the other, from any state on.
class Rows {
 public:
  /// `counts` of the rows passed.
  Rows(const std::vector<std::uint64_t>& weights, std::span<const std::uint64_t> counts)
      : weights_(weights),
        counts_(counts.begin(), counts.end()),
        scale_(std::max<std::int64_t>(1, 2 * static_cast<std::int64_t>(weights.size()) - 2)) {
    for (const std::uint64_t weight : weights_) sum_ += weight;
    const Wide row = std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
    for (std::size_t label = 0; label < weights_.size(); ++label) {
      owed_.push_back(row * weights_[label] - sum_ * counts_[label]);
    }
  }

  std::size_t next() {
    std::size_t best = weights_.size();
    Wide best_time = 0;
    for (std::size_t label = 0; label < weights_.size(); ++label) {
      owed_[label] += weights_[label];
      if (scale_ * owed_[label] < sum_) continue;  // owed less than 1 / (2k - 2) of a row: it may wait
      // Rows until it would be owed 1 - 1 / (2k - 2), times scale * weight; the first to get there is next.
      const Wide time = (scale_ - 1) * sum_ - scale_ * owed_[label];
      if (best == weights_.size() || time * weights_[best] < best_time * weights_[label]) {
        best = label;
        best_time = time;
      }
    }
    owed_[best] -= sum_;
    ++counts_[best];
    return best;
  }

  const std::vector<std::uint64_t>& counts() const { return counts_; }

 private:
  const std::vector<std::uint64_t>& weights_;
  std::vector<std::uint64_t> counts_;
  std::vector<Wide> owed_;  ///< sum * (share of the rows - count)
  Wide sum_ = 0;
  Wide scale_;
};

}  // namespace

double ChairmanSchedule::error_bound(std::size_t labels) {
  return labels == 1 ? 0 : 1 - 1 / (2 * static_cast<double>(labels) - 2);
}

ChairmanTable::ChairmanTable(std::vector<std::uint64_t> weights) : weights_(std::move(weights)) {
  const auto period = std::accumulate(weights_.begin(), weights_.end(), std::uint64_t{0});
  labels_.reserve(period);
  Rows rows(weights_, std::vector<std::uint64_t>(weights_.size()));
  for (std::uint64_t row = 0; row < period; ++row) {
    if (row % kTableBlockRows == 0) {
      for (const std::uint64_t count : rows.counts())
        block_counts_.push_back(static_cast<std::uint32_t>(count));
    }
    labels_.push_back(static_cast<std::uint16_t>(rows.next()));
  }
}

std::uint64_t ChairmanTable::count_before(std::size_t label, std::uint64_t n) const {
  const std::uint64_t period = labels_.size();
  const std::size_t row = n % period;
  const std::size_t block = row / kTableBlockRows;
  const auto begin = labels_.begin() + static_cast<std::ptrdiff_t>(block * kTableBlockRows);
  const auto in_block = std::count(begin, labels_.begin() + static_cast<std::ptrdiff_t>(row), label);
  return n / period * weights_[label] + block_counts_[block * weights_.size() + label] +
         static_cast<std::uint64_t>(in_block);
}

ChairmanSchedule::Slot ChairmanTable::at(std::uint64_t n) const {
  const std::size_t label = labels_[n % labels_.size()];
  return {label, count_before(label, n)};
}

std::vector<std::uint64_t> ChairmanTable::counts_after(std::uint64_t n) const {
  std::vector<std::uint64_t> counts;
  for (std::size_t label = 0; label < weights_.size(); ++label) counts.push_back(count_before(label, n));
  return counts;
}

ChairmanWalk::ChairmanWalk(std::vector<std::uint64_t> weights)
    : weights_(std::move(weights)), block_counts_(weights_.size()) {}

std::shared_ptr<const ChairmanWalk::Block> ChairmanWalk::block_of(std::uint64_t n) const {
  const std::uint64_t number = n / kWalkBlockRows;
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const Block>& recent = recent_[number % recent_.size()];
  if (recent && recent->number == number) return recent;
  const std::size_t labels = weights_.size();
  const auto known = [&](std::uint64_t block) {
    return std::span<const std::uint64_t>(block_counts_).subspan(block * labels, labels);
  };
  const std::uint64_t first = std::min<std::uint64_t>(number, block_counts_.size() / labels - 1);
  Rows rows(weights_, known(first));
  for (std::uint64_t block = first; block < number; ++block) {
    for (std::size_t row = 0; row < kWalkBlockRows; ++row) rows.next();
    block_counts_.insert(block_counts_.end(), rows.counts().begin(), rows.counts().end());
  }
  Block block{.number = number, .counts = rows.counts(), .labels = {}};
  for (std::size_t row = 0; row < kWalkBlockRows; ++row)
    block.labels.push_back(static_cast<std::uint16_t>(rows.next()));
  recent = std::make_shared<const Block>(std::move(block));
  return recent;
}

ChairmanSchedule::Slot ChairmanWalk::at(std::uint64_t n) const {
  const std::shared_ptr<const Block> block = block_of(n);
  const auto row = block->labels.begin() + static_cast<std::ptrdiff_t>(n % kWalkBlockRows);
  return {*row,
          block->counts[*row] + static_cast<std::uint64_t>(std::count(block->labels.begin(), row, *row))};
}

std::vector<std::uint64_t> ChairmanWalk::counts_after(std::uint64_t n) const {
  const std::shared_ptr<const Block> block = block_of(n);
  std::vector<std::uint64_t> counts = block->counts;
  for (std::size_t row = 0; row < n % kWalkBlockRows; ++row) ++counts[block->labels[row]];
  return counts;
}

}  // namespace palimpsest::tokens
