#include "common/tokens/bpe_encoder.h"

#include <gtest/gtest.h>

#include "tests/tokens/random_vocabulary.h"

namespace palimpsest::tokens {
namespace {

std::vector<TokenId> encoded(const BpeEncoder& encoder, std::string_view piece) {
  BpeScratch scratch;
  std::vector<TokenId> ids;
  encoder.encode(piece, scratch, ids);
  return ids;
}

std::vector<TokenId> merged(const BpeEncoder& encoder, std::string_view piece) {
  BpeScratch scratch;
  std::vector<TokenId> ids;
  encoder.encode_by_merging(piece, scratch, ids);
  return ids;
}

TEST(BpeEncoderTest, EqualsMergingOnRandomVocabularies) {
  std::size_t unreachable = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    base::Random random({seed});
    const std::string_view letters = std::string_view("abcd").substr(0, 1 + random.below(4));
    const Vocabulary vocabulary =
        test::random_vocabulary(random, letters, 1 + random.below(60), 2 + random.below(12));
    const BpeEncoder encoder(vocabulary);
    ASSERT_NE(encoder.pairs(), nullptr);
    for (int i = 0; i < 40; ++i) {
      const std::string text = test::random_letters(random, letters, random.below(50));
      ASSERT_EQ(encoded(encoder, text), merged(encoder, text)) << "seed " << seed << ": " << text;
    }
    for (std::size_t id = kSpecialCount; id < vocabulary.tokens.size(); ++id) {
      if (!encoder.is_reachable(static_cast<TokenId>(id))) ++unreachable;
    }
  }
  EXPECT_GT(unreachable, 0U);
}

TEST(BpeEncoderTest, EqualsMergingOnAllShortTexts) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    base::Random random({seed, 1});
    const BpeEncoder encoder(test::random_vocabulary(random, "ab", 40, 9));
    for (unsigned bits = 1; bits < 1U << 13; ++bits) {
      std::string text;
      for (unsigned rest = bits; rest > 1; rest >>= 1) text += (rest & 1) != 0 ? 'a' : 'b';
      ASSERT_EQ(encoded(encoder, text), merged(encoder, text)) << "seed " << seed << ": " << text;
    }
  }
}

TEST(BpeEncoderTest, DisorderedMergesAreSimulated) {
  Vocabulary later_parts = base_vocabulary("");
  test::add_merge(later_parts, "a", "b");
  test::add_merge(later_parts, "ab", "c");
  std::swap(later_parts.merges[0], later_parts.merges[1]);
  Vocabulary two_ways = base_vocabulary("");
  for (const auto& [left, right] : {std::pair{"a", "b"}, {"b", "c"}, {"ab", "c"}, {"a", "bc"}}) {
    test::add_merge(two_ways, left, right);
  }
  for (const Vocabulary& vocabulary : {later_parts, two_ways}) {
    const BpeEncoder encoder(vocabulary);
    EXPECT_EQ(encoder.pairs(), nullptr);
    for (const char* text : {"", "abc", "aabcbc", "bcabc"})
      EXPECT_EQ(encoded(encoder, text), merged(encoder, text));
  }
}

TEST(BpeEncoderTest, LongPiecesOfHardText) {
  base::Random random({7});
  for (const std::string_view letters : {"a", "ab"}) {
    const BpeEncoder encoder(test::random_vocabulary(random, letters, 200, 48));
    const std::string text = test::random_letters(random, letters, 1 << 18);
    EXPECT_EQ(encoded(encoder, text), merged(encoder, text));
  }
}

TEST(TokenPairsTest, EqualMergingOfTwoTokens) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    base::Random random({seed, 2});
    const Vocabulary vocabulary = test::random_vocabulary(random, "abc", 50, 10);
    const BpeEncoder encoder(vocabulary);
    for (std::size_t left = kBaseVocabularySize; left < vocabulary.tokens.size(); ++left) {
      for (std::size_t right = kBaseVocabularySize; right < vocabulary.tokens.size(); ++right) {
        const std::vector<TokenId> pair = {static_cast<TokenId>(left), static_cast<TokenId>(right)};
        if (!encoder.is_reachable(pair[0]) || !encoder.is_reachable(pair[1])) continue;
        const bool expected = merged(encoder, vocabulary.tokens[left] + vocabulary.tokens[right]) == pair;
        ASSERT_EQ(encoder.pairs()->compute(pair[0], pair[1]), expected);
        ASSERT_EQ(encoder.pairs()->may_adjoin(pair[0], pair[1]), expected);
        ASSERT_EQ(encoder.pairs()->may_adjoin(pair[0], pair[1]), expected) << "from the cache";
      }
    }
  }
}

TEST(TokenTrieTest, EqualsSearch) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    base::Random random({seed, 3});
    const Vocabulary vocabulary = test::random_vocabulary(random, "ab\xff", 80, 12);
    std::vector<TokenId> ids;
    for (std::size_t id = kSpecialCount; id < vocabulary.tokens.size(); ++id) {
      if (random.below(4) > 0) ids.push_back(static_cast<TokenId>(id));
    }
    const TokenTrie trie(vocabulary.tokens, ids);
    for (int i = 0; i < 100; ++i) {
      const std::string text = test::random_letters(random, "ab\xff", random.below(20));
      TokenId longest = 0;
      for (const TokenId id : ids) {
        const std::string& token = vocabulary.tokens[id];
        if (text.starts_with(token) && token.size() > vocabulary.tokens[longest].size()) longest = id;
      }
      ASSERT_EQ(trie.longest(text), longest);
    }
  }
}

}  // namespace
}  // namespace palimpsest::tokens
