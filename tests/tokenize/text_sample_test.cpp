#include "tokenize/text_sample.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::tokenize {
namespace {

std::vector<SampleItem> random_items(std::uint64_t seed) {
  base::Random random({seed});
  std::vector<SampleItem> items;
  for (const std::size_t stratum_size : {1, 2, 40, 400}) {
    for (std::size_t i = 0; i < stratum_size; ++i) {
      items.push_back({"s" + std::to_string(stratum_size), random.next(), 50 + random.below(100)});
    }
  }
  return items;
}

TEST(TextSampleTest, TakesTheSamePartOfEachStratumAndSomeOfAll) {
  const std::vector<SampleItem> items = random_items(1);
  std::uint64_t total = 0;
  for (const SampleItem& item : items) total += item.bytes;
  const std::vector<bool> taken = stratified_sample(items, total / 4);
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> bytes;
  std::uint64_t held = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    bytes[items[i].stratum].first += items[i].bytes;
    bytes[items[i].stratum].second += taken[i] ? items[i].bytes : 0;
    held += taken[i] ? items[i].bytes : 0;
  }
  EXPECT_LE(held, total / 4);
  EXPECT_GT(held, total / 4 - 150);
  for (const auto& [stratum, part] : bytes) EXPECT_GT(part.second, 0U) << stratum;
  EXPECT_NEAR(static_cast<double>(bytes["s400"].second) / static_cast<double>(bytes["s400"].first), 0.25,
              0.03);
  EXPECT_NEAR(static_cast<double>(bytes["s40"].second) / static_cast<double>(bytes["s40"].first), 0.25, 0.06);
}

TEST(TextSampleTest, OrderOfTheItemsDoesNotMatter) {
  std::vector<SampleItem> items = random_items(2);
  const std::vector<bool> taken = stratified_sample(items, 9000);
  std::vector<SampleItem> reversed(items.rbegin(), items.rend());
  std::vector<bool> again = stratified_sample(reversed, 9000);
  std::reverse(again.begin(), again.end());
  EXPECT_EQ(taken, again);
}

TEST(TextSampleTest, EnoughBudgetTakesAll) {
  const std::vector<bool> taken = stratified_sample(random_items(3), UINT64_MAX);
  EXPECT_TRUE(std::all_of(taken.begin(), taken.end(), [](bool t) { return t; }));
  EXPECT_TRUE(stratified_sample({}, 0).empty());
}

TEST(TextSampleTest, BlocksJoinToTheTextAndCutBehindLinesOrBetweenCharacters) {
  EXPECT_EQ(text_blocks("ab\ncd\nefghij", 7), (std::vector<std::string_view>{"ab\ncd\n", "efghij"}));
  EXPECT_EQ(text_blocks("aéé", 4), (std::vector<std::string_view>{"aé", "é"}));
  EXPECT_TRUE(text_blocks("", 4).empty());
  base::Random random({4});
  for (int round = 0; round < 200; ++round) {
    std::string text;
    while (random.below(20) > 0) text += std::vector<std::string>{"a", "\n", "é", "🙂"}[random.below(4)];
    std::string joined;
    for (const std::string_view block : text_blocks(text, 4)) {
      EXPECT_LE(block.size(), 4U);
      EXPECT_NE(static_cast<unsigned char>(block.front()) & 0xc0U, 0x80U);
      joined += block;
    }
    EXPECT_EQ(joined, text);
  }
}

}  // namespace
}  // namespace palimpsest::tokenize
