#include "common/tokens/row_order.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::tokens {
namespace {

std::vector<std::uint64_t> all_rows(const RowPermutation& permutation, std::uint64_t size) {
  std::vector<std::uint64_t> rows(size);
  for (std::uint64_t i = 0; i < size; ++i) rows[i] = permutation.at(i);
  return rows;
}

void expect_bijection(std::uint64_t size) {
  std::vector<bool> seen(size);
  for (const std::uint64_t row : all_rows(RowPermutation(size, 7, 1, 2), size)) {
    ASSERT_LT(row, size);
    ASSERT_FALSE(seen[row]) << "size " << size;
    seen[row] = true;
  }
}

TEST(RowPermutationTest, IsABijection) {
  for (std::uint64_t size = 1; size <= 300; ++size) expect_bijection(size);
  for (const std::uint64_t size : {1023, 1024, 1025, 4097, 65536, 99999, 100000}) expect_bijection(size);
}

TEST(RowPermutationTest, DependsOnSeedLabelAndEpoch) {
  const auto rows = all_rows(RowPermutation(1000, 1, 2, 3), 1000);
  EXPECT_EQ(all_rows(RowPermutation(1000, 1, 2, 3), 1000), rows);
  EXPECT_NE(all_rows(RowPermutation(1000, 0, 2, 3), 1000), rows);
  EXPECT_NE(all_rows(RowPermutation(1000, 1, 0, 3), 1000), rows);
  EXPECT_NE(all_rows(RowPermutation(1000, 1, 2, 0), 1000), rows);
}

TEST(RowPermutationTest, SpreadsNeighbours) {
  double distance = 0;
  constexpr std::uint64_t kSize = 10000;
  const RowPermutation permutation(kSize, 5, 0, 0);
  for (std::uint64_t i = 1; i < kSize; ++i) {
    distance += std::abs(static_cast<double>(permutation.at(i)) - static_cast<double>(permutation.at(i - 1)));
  }
  EXPECT_NEAR(distance / kSize, kSize / 3.0, kSize / 30.0);  // the mean distance of two random points
}

TEST(RowPermutationTest, LargeSizesStayInRange) {
  constexpr std::uint64_t kSize = 5'000'000'000;
  const RowPermutation permutation(kSize, 1, 1, 1);
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_LT(permutation.at(i * 4'999'999), kSize);
}

/// After every prefix each label's count is within 1 of its share.
void expect_low_discrepancy(const std::vector<double>& weights) {
  RowSampler sampler(std::vector<std::uint64_t>(weights.size(), 10), 3);
  sampler.set_weights(weights);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> drawn(weights.size());
  for (int n = 1; n <= 5000; ++n) {
    ++drawn[sampler.next().label];
    for (std::size_t label = 0; label < weights.size(); ++label) {
      ASSERT_LT(std::abs(drawn[label] - n * weights[label] / sum), 1) << "after " << n;
    }
  }
}

TEST(RowSamplerTest, EveryPrefixIsWithinOneOfTheShares) {
  expect_low_discrepancy({1});
  expect_low_discrepancy({1, 1});
  expect_low_discrepancy({0.5, 0, 0.3, 0.2});
  expect_low_discrepancy({1813, 1181, 192, 1139});
  expect_low_discrepancy({1, 1, 1, 1, 1, 1, 1});
  expect_low_discrepancy({1000, 1, 1, 1});
  expect_low_discrepancy({std::sqrt(2), std::sqrt(3), std::sqrt(5), 0.001});
}

TEST(RowSamplerTest, EachRowOncePerEpoch) {
  RowSampler sampler({7, 0, 5}, 9);
  std::vector<std::vector<int>> seen = {std::vector<int>(7), {}, std::vector<int>(5)};
  for (int i = 0; i < 36; ++i) {
    const RowRef ref = sampler.next();
    EXPECT_EQ(ref.epoch, (sampler.position().drawn[ref.label] - 1) / seen[ref.label].size());
    ++seen[ref.label][ref.row];
  }
  EXPECT_EQ(seen[0], std::vector<int>(7, 3));
  EXPECT_EQ(seen[2], std::vector<int>(5, 3));
}

TEST(RowSamplerTest, SeekEqualsReplay) {
  RowSampler replayed({100, 37, 5}, 4);
  for (int i = 0; i < 500; ++i) replayed.next();
  replayed.set_weights({1, 1, 1});
  for (int i = 0; i < 123; ++i) replayed.next();
  RowSampler sought({100, 37, 5}, 4);
  sought.set_weights({1, 1, 1});
  sought.seek(replayed.position());
  for (int i = 0; i < 500; ++i) {
    const RowRef expected = replayed.next();
    const RowRef got = sought.next();
    EXPECT_EQ(got.label, expected.label);
    EXPECT_EQ(got.row, expected.row);
    EXPECT_EQ(got.epoch, expected.epoch);
  }
}

TEST(RowSamplerTest, RefusesImpossibleMixes) {
  RowSampler sampler({3, 0}, 1);
  EXPECT_THROW(sampler.set_weights({1, 1}), base::Error);
  EXPECT_THROW(sampler.set_weights({0, 0}), base::Error);
  EXPECT_THROW(sampler.set_weights({-1, 0}), base::Error);
  EXPECT_THROW(sampler.set_weights({1}), base::Error);
  EXPECT_THROW(sampler.set_weights({NAN, 0}), base::Error);
  EXPECT_THROW(RowSampler({0, 0}, 1), base::Error);
  EXPECT_THROW(sampler.seek({{1}, 1, {1}}), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokens
