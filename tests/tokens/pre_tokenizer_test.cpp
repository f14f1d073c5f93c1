#include "common/tokens/pre_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/support/sample_documents.h"

namespace palimpsest::tokens {
namespace {

using ::testing::ElementsAre;

std::vector<std::string_view> pieces_of(const PreTokenizer& pre_tokenizer, std::string_view text) {
  std::vector<std::string_view> pieces;
  pre_tokenizer.split(text, pieces);
  return pieces;
}

PreTokenizer stage1() {
  return {std::string(kCodePreset.stage1), "test"};
}
PreTokenizer stage2() {
  return {std::string(kCodePreset.stage2), "test"};
}

TEST(PreTokenizerTest, CodeKeepsNewlineWithIndentation) {
  EXPECT_THAT(pieces_of(stage1(), "if (x1234) {\r\n\t  foo();\n\n}"),
              ElementsAre("if", " (", "x", "123", "4", ")", " {", "\r\n\t  ", "foo", "();", "\n", "\n", "}"));
  EXPECT_THAT(pieces_of(stage1(), "a   b  \n"), ElementsAre("a", "  ", " b", "  ", "\n"));
  EXPECT_THAT(pieces_of(stage1(), "\r größe 日本"), ElementsAre("\r", " größe", " 日本"));
}

TEST(PreTokenizerTest, Stage2IsolatesDigitGroupsOnly) {
  EXPECT_THAT(pieces_of(stage2(), "a b\n1234c"), ElementsAre("a b\n", "123", "4", "c"));
  EXPECT_THAT(pieces_of(stage2(), ""), ElementsAre());
}

TEST(PreTokenizerTest, PiecesJoinToTheTextAndStage1RefinesStage2) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = test::sample_text(seed, 50);
    const PreTokenizer first = stage1();
    std::vector<std::string_view> refined;
    for (const std::string_view piece : pieces_of(stage2(), text)) first.split(piece, refined);
    EXPECT_EQ(refined.front().data(), text.data());
    for (std::size_t i = 1; i < refined.size(); ++i) EXPECT_EQ(refined[i].data(), refined[i - 1].end());
    EXPECT_EQ(refined.back().end(), text.data() + text.size());
    EXPECT_EQ(pieces_of(first, text), refined);
  }
}

TEST(PreTokenizerTest, EmptyPatternLeavesTheTextWhole) {
  EXPECT_THAT(pieces_of(PreTokenizer("", "test"), "a 1"), ElementsAre("a 1"));
}

TEST(PreTokenizerTest, RefusesBadPatternsAndBadText) {
  EXPECT_THROW(PreTokenizer("[0-9", "test"), base::Error);
  EXPECT_THROW(pieces_of(stage2(), "\xff"), base::Error);
}

TEST(PreTokenizerTest, EmptyMatchesDoNotLoop) {
  EXPECT_THAT(pieces_of(PreTokenizer("[0-9]*", "test"), "ab12c"), ElementsAre("ab", "12", "c"));
}

}  // namespace
}  // namespace palimpsest::tokens
