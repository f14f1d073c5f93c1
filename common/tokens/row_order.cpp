#include "common/tokens/row_order.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "common/base/random.h"

namespace palimpsest::tokens {
namespace {

constexpr unsigned kFeistelRounds = 4;

}  // namespace

RowPermutation::RowPermutation(std::uint64_t size, std::uint64_t seed, std::uint64_t label,
                               std::uint64_t epoch)
    : size_(size), key_(base::Random({seed, label, epoch}).next()) {
  const unsigned bits = size > 1 ? static_cast<unsigned>(std::bit_width(size - 1)) : 1;
  half_bits_ = (bits + 1) / 2;
}

std::uint64_t RowPermutation::at(std::uint64_t index) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  // The domain is less than four times the size, so the walk back into [0, size) takes four steps at most on
  // average.
  do {
    std::uint64_t left = index >> half_bits_;
    std::uint64_t right = index & mask;
    for (unsigned round = 0; round < kFeistelRounds; ++round) {
      const std::uint64_t mixed =
          left ^ (base::mix64(key_ + right + (std::uint64_t{round} << half_bits_)) & mask);
      left = right;
      right = mixed;
    }
    index = left << half_bits_ | right;
  } while (index >= size_);
  return index;
}

RowSampler::RowSampler(std::vector<std::uint64_t> row_counts, std::uint64_t seed)
    : row_counts_(std::move(row_counts)), seed_(seed) {
  position_.drawn.assign(row_counts_.size(), 0);
  set_weights({row_counts_.begin(), row_counts_.end()});
}

void RowSampler::set_weights(std::vector<double> weights) {
  if (weights.size() != row_counts_.size()) {
    throw base::Error(
        base::ErrorCode::kBadData, "wrong number of mixture weights",
        {.got = std::to_string(weights.size()), .expected = std::to_string(row_counts_.size())});
  }
  for (std::size_t label = 0; label < weights.size(); ++label) {
    if (!(weights[label] >= 0)) {
      throw base::Error(base::ErrorCode::kBadData, "bad mixture weight",
                        {.got = std::to_string(weights[label]), .expected = "0 or more"});
    }
    if (weights[label] > 0 && row_counts_[label] == 0) {
      throw base::Error(base::ErrorCode::kBadData, "a label with positive weight has no rows",
                        {.got = "label number " + std::to_string(label),
                         .hint = "give it weight 0, or add documents of that label"});
    }
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(sum > 0)) throw base::Error(base::ErrorCode::kBadData, "no rows to draw from: all weights are 0");
  for (double& weight : weights) weight /= sum;
  weights_ = std::move(weights);
  position_.total = 0;
  position_.drawn_in_mix.assign(weights_.size(), 0);
}

RowRef RowSampler::next() {
  // Tijdeman (1980): among the labels whose lag is at least 1/(2k - 2), draw the one with the earliest
  // deadline.
  const auto positive = static_cast<double>(
      std::count_if(weights_.begin(), weights_.end(), [](double weight) { return weight > 0; }));
  const double threshold = positive > 1 ? 1 / (2 * positive - 2) : 0;
  const auto step = static_cast<double>(position_.total + 1);
  // Rounding may leave no label above the threshold; the one that lags most is then the choice.
  std::size_t chosen = weights_.size();
  std::size_t laggard = weights_.size();
  double earliest = 0;
  double largest_lag = 0;
  for (std::size_t label = 0; label < weights_.size(); ++label) {
    if (weights_[label] == 0) continue;
    const double lag = weights_[label] * step - static_cast<double>(position_.drawn_in_mix[label]);
    if (laggard == weights_.size() || lag > largest_lag) {
      laggard = label;
      largest_lag = lag;
    }
    if (lag < threshold) continue;
    const double deadline = (1 - threshold - lag) / weights_[label];
    if (chosen == weights_.size() || deadline < earliest) {
      chosen = label;
      earliest = deadline;
    }
  }
  if (chosen == weights_.size()) chosen = laggard;

  const std::uint64_t epoch = position_.drawn[chosen] / row_counts_[chosen];
  const std::uint64_t cursor = position_.drawn[chosen] % row_counts_[chosen];
  ++position_.drawn[chosen];
  ++position_.drawn_in_mix[chosen];
  ++position_.total;
  return {chosen, RowPermutation(row_counts_[chosen], seed_, chosen, epoch).at(cursor), epoch};
}

void RowSampler::seek(DataPosition position) {
  if (position.drawn.size() != row_counts_.size() || position.drawn_in_mix.size() != row_counts_.size()) {
    throw base::Error(base::ErrorCode::kBadData, "data position of other shards",
                      {.got = std::to_string(position.drawn.size()) + " labels",
                       .expected = std::to_string(row_counts_.size())});
  }
  position_ = std::move(position);
}

}  // namespace palimpsest::tokens
