#include "evaluate/infill/hole_context.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::infill {
namespace {

class HoleContextTest : public testing::Test {
 protected:
  HoleContext context_of(std::string_view text, const std::vector<TextRange>& holes) const {
    return make_hole_context(tokenizer, "src/cat.ts", text, holes);
  }
  /// Visible tokens and edges joined, `fill` in every hole.
  std::string joined(const HoleContext& context, const std::string& fill) const {
    std::string text;
    for (std::size_t i = 0; i < context.visible.size(); ++i) {
      text += tokenizer.decode(context.visible[i]);
      if (i == context.edges.size()) break;
      text += std::string(masks.left_bytes(context.edges[i])) + fill;
      text += masks.right_bytes(context.edges[i]);
    }
    return text;
  }

  tokens::Tokenizer tokenizer = test::sample_tokenizer();
  TokenMasks masks{tokenizer};
};

TEST_F(HoleContextTest, VisibleTokensAndEdgesAreTheTextWithoutTheHoles) {
  const std::string text = "const cat = new Cat('żółw', 7);\nexport { cat };\n";
  base::Random random{3};
  for (int round = 0; round < 500; ++round) {
    std::vector<TextRange> holes;
    std::string expected;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i <= random.below(3); ++i) {
      const std::size_t begin = at + random.below(text.size() - at + 1);
      const std::size_t end = begin + random.below(text.size() - begin + 1) / 2;
      expected += text.substr(at, begin - at) + "#";
      holes.push_back({begin, end});
      at = end;
    }
    expected += text.substr(at);
    EXPECT_EQ(joined(context_of(text, holes), "#"), expected);
  }
}

TEST_F(HoleContextTest, TheHeaderDoesNotSeeTheHole) {
  const std::string text = "import { A } from 'aaa';\nimport { B } from 'bbb';\n";
  const HoleContext context = context_of(text, {{0, text.find('\n')}});
  const std::string header = tokenizer.decode(context.header);
  EXPECT_EQ(header.find("aaa"), std::string::npos);
  EXPECT_NE(header.find("bbb"), std::string::npos);
}

TEST_F(HoleContextTest, ContextIsSharedBetweenBothSides) {
  const std::string text = std::string(4000, '(') + std::string(4000, ')');
  const HoleContext context = context_of(text, {{4000, 4000}});
  model::SamplingProblem problem;
  ASSERT_TRUE(make_problem(context, masks, {6}, 100, {}, problem));
  EXPECT_LE(problem.text.ids.size(), 100U);
  EXPECT_GE(problem.text.ids.size(), 99U);
  const std::size_t before = problem.runs[0].begin - problem.text.header;
  const std::size_t after = problem.text.ids.size() - problem.runs[0].end;
  EXPECT_NEAR(static_cast<double>(before), static_cast<double>(after), 1);
  EXPECT_NE(problem.text.ids.back(), tokens::kEndId);
}

TEST_F(HoleContextTest, AtTheEndOfTheTextComesTheEndToken) {
  const HoleContext context = context_of("let a = ", {{8, 8}});
  model::SamplingProblem problem;
  ASSERT_TRUE(make_problem(context, masks, {3}, 100, {}, problem));
  EXPECT_EQ(problem.text.ids.back(), tokens::kEndId);
  EXPECT_FALSE(context.edges[0].right);
  EXPECT_EQ(problem.runs[0].end + 1, problem.text.ids.size());
}

TEST_F(HoleContextTest, HolesThatLeaveNoRoomAreAUsageError) {
  const HoleContext context = context_of("let a = 1;", {{4, 5}});
  model::SamplingProblem problem;
  EXPECT_THROW(make_problem(context, masks, {1000}, 100, {}, problem), base::Error);
  EXPECT_THROW(make_problem(context, masks, {98}, 100, {}, problem), base::Error);
}

TEST_F(HoleContextTest, AHoleInsideACharacterMayBeFilledWithAnyBytes) {
  EXPECT_FALSE(context_of("'ż'", {{2, 2}}).edges[0].whole_characters);
  EXPECT_TRUE(context_of("'ż'", {{1, 3}}).edges[0].whole_characters);
}

TEST_F(HoleContextTest, LongTextIsReadNearTheHoleOnly) {
  const std::string text(3'000'000, 'x');
  const HoleContext context = context_of(text, {{1'500'000, 1'500'001}});
  EXPECT_LT(context.visible[0].size(), 100'000U);
  EXPECT_FALSE(context.ends_text);
}

}  // namespace
}  // namespace palimpsest::infill
