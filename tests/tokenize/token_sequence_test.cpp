#include "tokenize/token_sequence.h"

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::tokenize {
namespace {

/// The tokens of the sequence, by walking forwards and backwards.
std::vector<tokens::TokenId> walk(const TokenSequence& sequence) {
  std::vector<tokens::TokenId> ids;
  std::uint32_t before = TokenSequence::kNone;
  for (std::uint32_t at = 0; at < sequence.size(); ++at) {
    if (!sequence.has_token(at)) continue;
    ids.push_back(sequence[at]);
    EXPECT_TRUE(sequence.previous(at) == before || sequence.previous(at) == TokenSequence::kNone);
    if (before != TokenSequence::kNone) {
      EXPECT_TRUE(sequence.next(before) == at || sequence.next(before) == TokenSequence::kNone);
      EXPECT_EQ(sequence.next(before) == TokenSequence::kNone, sequence.previous(at) == TokenSequence::kNone);
    }
    before = at;
  }
  return ids;
}

TEST(TokenSequenceTest, MergesLikeAList) {
  base::Random random({3});
  for (int round = 0; round < 50; ++round) {
    std::vector<tokens::TokenId> list(1 + random.below(60));
    for (auto& id : list) id = static_cast<tokens::TokenId>(random.below(65536));
    TokenSequence sequence(list, {});
    while (list.size() > 1) {
      const std::size_t index = random.below(list.size() - 1);
      std::uint32_t at = 0;
      for (std::size_t i = 0; i < index; ++i) at = sequence.next(at);
      const auto result = static_cast<tokens::TokenId>(random.below(65536));
      sequence.merge(at, result);
      list[index] = result;
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(index) + 1);
      ASSERT_EQ(walk(sequence), list);
    }
  }
}

TEST(TokenSequenceTest, NoPairCrossesAPreToken) {
  const std::vector<std::uint32_t> ends = {2, 3, 5};
  TokenSequence sequence({1, 2, 3, 4, 5}, ends);
  EXPECT_EQ(sequence.next(0), 1U);
  EXPECT_EQ(sequence.next(1), TokenSequence::kNone);
  EXPECT_EQ(sequence.previous(2), TokenSequence::kNone);
  EXPECT_EQ(sequence.next(2), TokenSequence::kNone);
  sequence.merge(3, 9);
  EXPECT_EQ(sequence.next(3), TokenSequence::kNone);
  EXPECT_EQ(sequence.previous(3), TokenSequence::kNone);
  EXPECT_EQ(walk(sequence), (std::vector<tokens::TokenId>{1, 2, 3, 9}));
}

}  // namespace
}  // namespace palimpsest::tokenize
