#include "common/tokens/row_order.h"

#include <bit>
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

RowOrder::RowOrder(std::vector<std::uint64_t> row_counts, std::uint64_t seed,
                   const std::vector<double>& weights, std::vector<std::uint64_t> drawn)
    : row_counts_(std::move(row_counts)), seed_(seed), schedule_(weights), drawn_(std::move(drawn)) {
  drawn_.resize(row_counts_.size());
  if (weights.size() != row_counts_.size()) {
    throw base::Error(
        base::ErrorCode::kBadData, "wrong number of mixture weights",
        {.got = std::to_string(weights.size()), .expected = std::to_string(row_counts_.size())});
  }
  for (std::size_t label = 0; label < weights.size(); ++label) {
    if (weights[label] > 0 && row_counts_[label] == 0) {
      throw base::Error(base::ErrorCode::kBadData, "a label with positive weight has no rows",
                        {.got = "label number " + std::to_string(label),
                         .hint = "give it weight 0, or add documents of that label"});
    }
  }
}

RowRef RowOrder::at(std::uint64_t n) const {
  const auto [label, number] = schedule_.at(n);
  const std::uint64_t drawn = drawn_[label] + number;
  const std::uint64_t epoch = drawn / row_counts_[label];
  const std::uint64_t cursor = drawn % row_counts_[label];
  return {label, RowPermutation(row_counts_[label], seed_, label, epoch).at(cursor), epoch};
}

DataPosition RowOrder::position_after(std::uint64_t n) const {
  DataPosition position{.drawn = drawn_, .total = n, .drawn_in_mix = schedule_.counts_after(n)};
  for (std::size_t label = 0; label < drawn_.size(); ++label) {
    position.drawn[label] += position.drawn_in_mix[label];
  }
  return position;
}

RowSampler::RowSampler(std::vector<std::uint64_t> row_counts, std::uint64_t seed)
    : row_counts_(std::move(row_counts)),
      seed_(seed),
      weights_(row_counts_.begin(), row_counts_.end()),
      order_(row_counts_, seed, weights_) {}

void RowSampler::set_weights(const std::vector<double>& weights) {
  order_ = RowOrder(row_counts_, seed_, weights, position().drawn);
  weights_ = weights;
  total_ = 0;
}

RowRef RowSampler::next() {
  return order_.at(total_++);
}

void RowSampler::seek(const DataPosition& position) {
  if (position.drawn.size() != row_counts_.size()) {
    throw base::Error(base::ErrorCode::kBadData, "data position of other shards",
                      {.got = std::to_string(position.drawn.size()) + " labels",
                       .expected = std::to_string(row_counts_.size())});
  }
  std::vector<std::uint64_t> before = position.drawn;
  bool same_mix = order_.position_after(position.total).drawn_in_mix == position.drawn_in_mix;
  for (std::size_t label = 0; same_mix && label < before.size(); ++label) {
    same_mix = before[label] >= position.drawn_in_mix[label];
    before[label] -= position.drawn_in_mix[label];
  }
  if (!same_mix) {
    throw base::Error(base::ErrorCode::kBadData, "data position of another mix",
                      {.hint = "resume with the mixture weights and the shards of that run"});
  }
  order_ = RowOrder(row_counts_, seed_, weights_, std::move(before));
  total_ = position.total;
}

}  // namespace palimpsest::tokens
