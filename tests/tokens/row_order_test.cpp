#include "common/tokens/row_order.h"

#include <cmath>
#include <ctime>
#include <numeric>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"

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

/// Each row once in each of the first epochs, in another order each time.
void expect_epochs(const std::vector<std::uint64_t>& row_counts) {
  const std::uint64_t rows = std::accumulate(row_counts.begin(), row_counts.end(), std::uint64_t{0});
  const RowOrder order(row_counts, 11, {row_counts.begin(), row_counts.end()});
  std::vector<RowRef> previous;
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    std::vector<std::vector<bool>> seen;
    for (const std::uint64_t count : row_counts) seen.emplace_back(count);
    std::vector<RowRef> refs;
    for (std::uint64_t n = epoch * rows; n < (epoch + 1) * rows; ++n) {
      refs.push_back(order.at(n));
      ASSERT_EQ(refs.back().epoch, epoch);
      ASSERT_FALSE(seen[refs.back().label][refs.back().row]) << "row " << n;
      seen[refs.back().label][refs.back().row] = true;
    }
    std::uint64_t same = 0;
    for (std::size_t i = 0; i < previous.size(); ++i) same += refs[i].row == previous[i].row ? 1 : 0;
    EXPECT_LT(same, 50U);  // about one per label is expected of random orders
    previous = std::move(refs);
  }
}

TEST(RowOrderTest, EachRowExactlyOncePerEpochAndEpochsDiffer) {
  expect_epochs({100000});
  expect_epochs({99991});
  expect_epochs({65537, 32768, 1696});
  expect_epochs({50000, 30011, 19988, 0, 1});
}

TEST(RowOrderTest, OpensAndSeeksFiveBillionRowsAtOnce) {
  const std::vector<std::uint64_t> rows = {3'100'000'000, 1'200'000'000, 600'000'000, 100'000'000};
  base::Random random({5});
  const std::clock_t begin = std::clock();
  constexpr int kSeeks = 100;
  for (int i = 0; i < kSeeks; ++i) {
    const DataPosition position =
        RowOrder(rows, 1, {rows.begin(), rows.end()}).position_after(random.below(5'000'000'000));
    RowSampler sampler(rows, 1);
    sampler.seek(position);
    const RowRef row = sampler.next();
    EXPECT_LT(row.row, rows[row.label]);
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  EXPECT_LT(seconds / kSeeks, 0.010);
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
}

TEST(RowSamplerTest, RefusesPositionsOfOtherShardsAndMixes) {
  RowSampler sampler({30, 10}, 1);
  for (int i = 0; i < 20; ++i) sampler.next();
  const DataPosition position = sampler.position();
  EXPECT_THROW(RowSampler({30, 10, 5}, 1).seek(position), base::Error);
  RowSampler balanced({30, 10}, 1);
  balanced.set_weights({1, 1});
  EXPECT_THROW(balanced.seek(position), base::Error);
  EXPECT_THROW(sampler.seek({{1, 1}, 4, {3, 1}}), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokens
