#include "tokenize/token_rules.h"

#include <gtest/gtest.h>

namespace palimpsest::tokenize {
namespace {

TEST(TokenRulesTest, CountsIdentifierLikeWords) {
  EXPECT_EQ(count_words(""), 0U);
  EXPECT_EQ(count_words(" ();\n"), 0U);
  EXPECT_EQ(count_words("export default function"), 3U);
  EXPECT_EQ(count_words("this.user_id = $x9"), 3U);
  EXPECT_EQ(count_words("größe"), 1U);
}

TEST(TokenRulesTest, WholeCharactersDropsCutOnes) {
  const std::string_view text = "aé🙂b";
  for (std::size_t begin = 0; begin <= text.size(); ++begin) {
    for (std::size_t end = begin; end <= text.size(); ++end) {
      const std::string_view whole = whole_characters(text.substr(begin, end - begin));
      EXPECT_TRUE(whole.empty() || (static_cast<unsigned char>(whole.front()) & 0xc0U) != 0x80U);
      EXPECT_TRUE(whole.empty() || whole.ends_with("a") || whole.ends_with("é") || whole.ends_with("🙂") ||
                  whole.ends_with("b"));
    }
  }
  EXPECT_EQ(whole_characters(text), text);
}

TEST(TokenRulesTest, SuperwordsCrossAStage1Boundary) {
  const tokens::PreTokenizer stage1(std::string(tokens::kCodePreset.stage1), "test");
  for (const char* word : {"", "a", " return", "\n    ", "();", "\xf0\x9f", "\xa9", "123"}) {
    EXPECT_FALSE(is_superword(stage1, word)) << word;
  }
  for (const char* superword : {"return this", "\n  return", "foo(", ";\n", "x=\xf0\x9f"}) {
    EXPECT_TRUE(is_superword(stage1, superword)) << superword;
  }
}

}  // namespace
}  // namespace palimpsest::tokenize
