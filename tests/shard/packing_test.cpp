#include "shard/packing.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::shard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Rows = std::vector<std::vector<std::size_t>>;

TEST(PackingTest, FillsTheTightestRow) {
  // Longest first: 7 | 6 | 4 joins 6 exactly, 3 joins 7 exactly.
  EXPECT_THAT(pack_best_fit(std::vector<std::size_t>{4, 7, 6, 3}, 10),
              ElementsAre(ElementsAre(1, 3), ElementsAre(2, 0)));
  EXPECT_THAT(pack_best_fit(std::vector<std::size_t>{5, 5, 5}, 10),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
  EXPECT_THAT(pack_best_fit(std::vector<std::size_t>{}, 10), IsEmpty());
}

/// Looks at every open row for every item.
Rows naive(const std::vector<std::size_t>& lengths, std::size_t capacity) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return lengths[a] > lengths[b]; });
  Rows rows;
  std::vector<std::size_t> room;
  for (const std::size_t item : order) {
    std::size_t best = rows.size();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (room[row] >= lengths[item] && (best == rows.size() || room[row] < room[best])) best = row;
    }
    if (best == rows.size()) {
      rows.emplace_back();
      room.push_back(capacity);
    }
    rows[best].push_back(item);
    room[best] -= lengths[item];
  }
  return rows;
}

TEST(PackingTest, EqualsNaivePackingAndLosesNothing) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    base::Random random({seed});
    std::vector<std::size_t> lengths(random.below(300));
    for (std::size_t& length : lengths) length = 1 + random.below(100);
    const Rows rows = pack_best_fit(lengths, 100);
    EXPECT_EQ(rows, naive(lengths, 100));
    std::vector<int> seen(lengths.size());
    for (const auto& row : rows) {
      std::size_t sum = 0;
      for (const std::size_t item : row) {
        sum += lengths[item];
        ++seen[item];
      }
      EXPECT_LE(sum, 100U);
    }
    EXPECT_EQ(seen, std::vector<int>(lengths.size(), 1));
  }
}

TEST(PackingTest, FirstFitEqualsNaiveFirstFit) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    base::Random random({seed});
    std::vector<std::size_t> lengths(random.below(300));
    for (std::size_t& length : lengths) length = 1 + random.below(100);
    std::vector<std::size_t> room;
    for (const std::size_t length : lengths) {
      const auto row =
          std::find_if(room.begin(), room.end(), [&](std::size_t left) { return left >= length; });
      if (row == room.end()) {
        room.push_back(100 - length);
      } else {
        *row -= length;
      }
    }
    EXPECT_EQ(first_fit_rows(lengths, 100), room.size());
  }
}

}  // namespace
}  // namespace palimpsest::shard
