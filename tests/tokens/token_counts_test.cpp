#include "common/tokens/token_counts.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/tokens/pre_tokenizer.h"
#include "tests/support/sample_documents.h"
#include "tests/tokens/random_vocabulary.h"

namespace palimpsest::tokens {
namespace {

Tokenizer tokenizer_of(const Vocabulary& vocabulary) {
  return Tokenizer::parse(to_tokenizer_json(vocabulary), "test");
}

void expect_all_intervals(const Tokenizer& tokenizer, const std::string& text) {
  const TokenSuffixes suffixes(tokenizer);
  const TokenCounts counts(tokenizer, suffixes, text);
  for (std::size_t begin = 0; begin <= text.size(); ++begin) {
    for (std::size_t end = begin; end <= text.size(); ++end) {
      ASSERT_EQ(counts.interval(begin, end), tokenizer.count(text.substr(begin, end - begin)))
          << begin << " to " << end << " of " << text;
    }
  }
}

TEST(TokenCountsTest, EqualCountsOfSubstrings) {
  for (const std::string_view pattern :
       {std::string_view(), kCodePreset.stage2, kSuperBpePreset.stage2, std::string_view("b+")}) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      base::Random random({seed});
      const std::string_view letters = "ab12";
      const Tokenizer tokenizer = tokenizer_of(
          test::random_vocabulary(random, letters, 60, 2 + random.below(8), std::string(pattern)));
      expect_all_intervals(tokenizer, test::random_letters(random, letters, 90));
    }
  }
}

TEST(TokenCountsTest, LongTextOfCode) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  const TokenSuffixes suffixes(tokenizer);
  const std::string text = test::sample_text(3, 400);
  const TokenCounts counts(tokenizer, suffixes, text);
  EXPECT_EQ(counts.prefix(text.size()), tokenizer.count(text));
  base::Random random({1});
  for (int i = 0; i < 300; ++i) {
    std::size_t begin = random.below(text.size());
    std::size_t end = begin + random.below(text.size() - begin + 1);
    while ((static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) --begin;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    EXPECT_EQ(counts.interval(begin, end), tokenizer.count(text.substr(begin, end - begin)));
  }
}

TEST(TokenCountsTest, RefusesPositionsOutside) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  const TokenSuffixes suffixes(tokenizer);
  const TokenCounts counts(tokenizer, suffixes, "é");
  EXPECT_EQ(counts.prefix(2), 2U);
  EXPECT_THROW(counts.prefix(1), base::Error);
  EXPECT_THROW(counts.prefix(3), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokens
