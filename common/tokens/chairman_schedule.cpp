#include "common/tokens/chairman_schedule.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace palimpsest::tokens {
namespace {

__extension__ using Wide = __int128;

}  // namespace

ChairmanSchedule::ChairmanSchedule(std::vector<std::uint64_t> weights) : weights_(std::move(weights)) {
  const std::size_t labels = weights_.size();
  const auto total = std::accumulate(weights_.begin(), weights_.end(), std::uint64_t{0});
  const auto sum = static_cast<std::int64_t>(total);
  const auto scale = std::max<std::int64_t>(1, 2 * static_cast<std::int64_t>(labels) - 2);
  std::vector<std::uint32_t> counts(labels);
  std::vector<std::int64_t> owed(labels);  ///< sum * (share of the rows - count)
  labels_.reserve(total);
  for (std::uint64_t row = 0; row < total; ++row) {
    if (row % kBlockRows == 0) block_counts_.insert(block_counts_.end(), counts.begin(), counts.end());
    std::size_t best = labels;
    std::int64_t best_time = 0;
    for (std::size_t label = 0; label < labels; ++label) {
      owed[label] += static_cast<std::int64_t>(weights_[label]);
      if (scale * owed[label] < sum) continue;  // owed less than 1 / (2k - 2) of a row: it may wait
      // Rows until it would be owed 1 - 1 / (2k - 2), times scale * weight; the first to get there is next.
      const std::int64_t time = (scale - 1) * sum - scale * owed[label];
      if (best == labels || Wide{time} * static_cast<std::int64_t>(weights_[best]) <
                                Wide{best_time} * static_cast<std::int64_t>(weights_[label])) {
        best = label;
        best_time = time;
      }
    }
    owed[best] -= sum;
    ++counts[best];
    labels_.push_back(static_cast<std::uint16_t>(best));
  }
}

std::uint64_t ChairmanSchedule::count_before(std::size_t label, std::uint64_t n) const {
  const std::uint64_t period = labels_.size();
  const std::size_t row = n % period;
  const std::size_t block = row / kBlockRows;
  const auto begin = labels_.begin() + static_cast<std::ptrdiff_t>(block * kBlockRows);
  const auto in_block = std::count(begin, labels_.begin() + static_cast<std::ptrdiff_t>(row), label);
  return n / period * weights_[label] + block_counts_[block * weights_.size() + label] +
         static_cast<std::uint64_t>(in_block);
}

double ChairmanSchedule::error_bound() const {
  return weights_.size() == 1 ? 0 : 1 - 1 / (2 * static_cast<double>(weights_.size()) - 2);
}

std::vector<std::uint64_t> apportion(const std::vector<std::uint64_t>& weights, std::uint64_t total) {
  __extension__ using Unsigned = unsigned __int128;
  Unsigned sum = 0;
  for (const std::uint64_t weight : weights) sum += weight;
  std::vector<std::uint64_t> parts;
  std::vector<std::pair<Unsigned, std::size_t>> remainders;
  std::uint64_t left = total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Unsigned scaled = Unsigned{weights[i]} * total;
    parts.push_back(static_cast<std::uint64_t>(scaled / sum));
    left -= parts.back();
    remainders.emplace_back(scaled % sum, i);
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::uint64_t i = 0; i < left; ++i) ++parts[remainders[i].second];
  return parts;
}

}  // namespace palimpsest::tokens
