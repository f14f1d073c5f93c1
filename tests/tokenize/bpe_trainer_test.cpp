#include "tokenize/bpe_trainer.h"

#include <map>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::tokenize {
namespace {

using tokens::TokenId;

std::vector<std::string> merged_tokens(const std::vector<WordCount>& words, const WordMergeLimits& limits) {
  tokens::Vocabulary vocabulary = tokens::base_vocabulary("");
  train_words(words, limits, vocabulary);
  std::vector<std::string> made;
  for (const tokens::MergeRule& rule : vocabulary.merges) made.push_back(vocabulary.tokens[rule.result]);
  return made;
}

TEST(BpeTrainerTest, HighestCountThenSmallestIds) {
  const std::vector<WordCount> words = {{"ab", 5}, {"cd", 5}, {"xyz", 7}};
  EXPECT_EQ(merged_tokens(words, {.vocab_size = 268, .max_token_bytes = 48, .min_count = 1}),
            (std::vector<std::string>{"xy", "xyz", "ab", "cd"}));
}

TEST(BpeTrainerTest, StopsAtEachLimit) {
  const std::vector<WordCount> words = {{"abcd", 5}, {"xy", 1}};
  EXPECT_EQ(merged_tokens(words, {.vocab_size = 266, .max_token_bytes = 48, .min_count = 1}).size(), 2U);
  EXPECT_EQ(merged_tokens(words, {.vocab_size = 300, .max_token_bytes = 48, .min_count = 2}).size(), 3U);
  EXPECT_EQ(merged_tokens(words, {.vocab_size = 300, .max_token_bytes = 2, .min_count = 1}),
            (std::vector<std::string>{"ab", "cd", "xy"}));
  EXPECT_TRUE(merged_tokens({}, {.vocab_size = 300, .max_token_bytes = 48, .min_count = 1}).empty());
  EXPECT_TRUE(merged_tokens({{"a", 9}}, {.vocab_size = 300, .max_token_bytes = 48, .min_count = 1}).empty());
}

TEST(BpeTrainerTest, CountsBeyond32Bits) {
  const std::vector<WordCount> words = {{"ab", 5'000'000'000}, {"cd", 4'999'999'999}, {"ef", 3}};
  EXPECT_EQ(merged_tokens(words, {.vocab_size = 266, .max_token_bytes = 48, .min_count = 1}),
            (std::vector<std::string>{"ab", "cd"}));
}

TEST(BpeTrainerTest, NeverSpellsASpecialToken) {
  const std::vector<WordCount> words = {{"<|end|>", 100}, {"<|pad|>", 90}};
  for (const std::string& token :
       merged_tokens(words, {.vocab_size = 400, .max_token_bytes = 48, .min_count = 1})) {
    EXPECT_FALSE(tokens::spells_special(token));
  }
}

/// Recounts after each merge. Only for words without repeated symbols, where all ways of counting agree.
std::vector<tokens::MergeRule> naive(const std::vector<WordCount>& words, std::size_t vocab_size) {
  tokens::Vocabulary vocabulary = tokens::base_vocabulary("");
  std::map<std::string, TokenId> id_of;
  for (std::size_t id = tokens::kSpecialCount; id < vocabulary.tokens.size(); ++id) {
    id_of[vocabulary.tokens[id]] = static_cast<TokenId>(id);
  }
  std::vector<std::vector<TokenId>> symbols;
  for (const WordCount& word : words) {
    symbols.emplace_back();
    for (const char c : word.bytes) symbols.back().push_back(id_of.at(std::string(1, c)));
  }
  while (vocabulary.tokens.size() < vocab_size) {
    std::map<std::pair<TokenId, TokenId>, std::uint64_t> counts;
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::size_t j = 1; j < symbols[i].size(); ++j) {
        counts[{symbols[i][j - 1], symbols[i][j]}] += words[i].count;
      }
    }
    std::pair<TokenId, TokenId> best;
    std::uint64_t most = 0;
    for (const auto& [pair, count] : counts) {
      if (count > most) {
        most = count;
        best = pair;
      }
    }
    if (most == 0) break;
    const std::string bytes = vocabulary.tokens[best.first] + vocabulary.tokens[best.second];
    const auto [found, added] = id_of.emplace(bytes, static_cast<TokenId>(vocabulary.tokens.size()));
    if (added) vocabulary.tokens.push_back(bytes);
    vocabulary.merges.push_back({best.first, best.second, found->second});
    for (auto& word : symbols) {
      for (std::size_t j = 0; j + 1 < word.size(); ++j) {
        if (word[j] != best.first || word[j + 1] != best.second) continue;
        word[j] = found->second;
        word.erase(word.begin() + static_cast<std::ptrdiff_t>(j) + 1);
      }
    }
  }
  return vocabulary.merges;
}

TEST(BpeTrainerTest, EqualsNaiveTraining) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    base::Random random({seed});
    std::vector<WordCount> words;
    for (int i = 0; i < 30; ++i) {
      std::string letters = "abcdefgh";
      for (std::size_t j = letters.size(); j > 1; --j) std::swap(letters[j - 1], letters[random.below(j)]);
      words.push_back({letters.substr(0, 2 + random.below(6)), 1 + random.below(20)});
    }
    tokens::Vocabulary vocabulary = tokens::base_vocabulary("");
    train_words(words, {.vocab_size = 300, .max_token_bytes = 48, .min_count = 1}, vocabulary);
    EXPECT_EQ(vocabulary.merges, naive(words, 300)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace palimpsest::tokenize
