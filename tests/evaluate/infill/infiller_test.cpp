#include "evaluate/infill/infiller.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "tests/evaluate/infill/oracle_denoiser.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::infill {
namespace {

const std::string kText =
    "import { Injectable } from '@nestjs/common';\n\n@Injectable()\nexport class CatService {\n"
    "  find(żółw: number) {\n    return 'abc' + żółw + 123;\n  }\n}\n";

class InfillerTest : public testing::Test {
 protected:
  std::string visible(std::size_t begin, std::size_t end) const { return kText.substr(begin, end - begin); }

  /// What the masked run of each hole spells.
  std::vector<std::string> answers(const std::vector<TextRange>& holes) const {
    const HoleContext context = make_hole_context(tokenizer, "cat.ts", kText, holes);
    std::vector<std::string> spelled;
    for (std::size_t i = 0; i < holes.size(); ++i) {
      spelled.push_back(std::string(masks.left_bytes(context.edges[i])) +
                        visible(holes[i].begin, holes[i].end) +
                        std::string(masks.right_bytes(context.edges[i])));
    }
    return spelled;
  }

  InfillResult fill_by_oracle(const std::vector<TextRange>& holes, InfillOptions options) const {
    const std::vector<std::string> known = answers(holes);
    const Infiller infiller(
        tokenizer, [&](bool) { return std::make_unique<test::OracleDenoiser>(tokenizer, known); }, options);
    return infiller.fill({.path = "cat.ts", .text = kText, .holes = holes});
  }

  TextRange place_of(const std::string& words) const {
    const std::size_t begin = kText.find(words);
    return {begin, begin + words.size()};
  }

  tokens::Tokenizer tokenizer = test::sample_tokenizer();
  TokenMasks masks{tokenizer};
};

class EverySampler : public InfillerTest, public testing::WithParamInterface<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(, EverySampler, testing::ValuesIn(model::sampler_names()));

TEST_P(EverySampler, OracleFindsTextAndLengthOfAnyHole) {
  for (const std::string words : {"C", "return", "Injectable", "żół", "(", "\n    return 'abc'"}) {
    const TextRange hole = place_of(words);
    const InfillResult result = fill_by_oracle(
        {hole},
        {.sampler = {.kind = model::parse_sampler(GetParam())}, .context_tokens = 400, .max_tokens = 64});
    EXPECT_EQ(result.candidates.front().fills.front().text, words);
  }
}

TEST_P(EverySampler, OracleFindsSeveralHolesAtOnce) {
  const std::vector<TextRange> holes = {place_of("Cat"), place_of("fin"), place_of("num")};
  const InfillResult result = fill_by_oracle(
      holes, {.sampler = {.kind = model::parse_sampler(GetParam())}, .context_tokens = 400, .tokens = 5});
  ASSERT_EQ(result.candidates.front().fills.size(), 3U);
  EXPECT_EQ(result.candidates.front().fills[0].text, "Cat");
  EXPECT_EQ(result.candidates.front().fills[1].text, "fin");
  EXPECT_EQ(result.candidates.front().fills[2].text, "num");
  EXPECT_EQ(splice({.text = kText, .holes = holes}, result.candidates.front().fills), kText);
}

/// 10,000 holes anywhere, inside identifiers and characters, at the ends, empty, several at once.
TEST_F(InfillerTest, VisibleBytesStayWhateverTheModelSays) {
  const auto noisy = [&](bool) { return std::make_unique<test::NoisyDenoiser>(tokenizer.size()); };
  tbb::parallel_for(0, 5000, [&](int round) {
    base::Random random{11, static_cast<std::uint64_t>(round)};
    InfillRequest request{.path = "cat.ts", .text = kText};
    std::size_t at = 0;
    for (std::uint64_t i = random.below(4); i < 4; ++i) {
      const std::size_t begin = at + random.below((kText.size() - at) / 2 + 1);
      const std::size_t end = begin + random.below(std::min<std::size_t>(12, kText.size() - begin + 1));
      request.holes.push_back({begin, end});
      at = end;
    }
    const Infiller infiller(tokenizer, noisy,
                            {.sampler = {.entropy_bound = 20, .seed = random.next()},
                             .context_tokens = 64 + random.below(100),
                             .tokens = 3 + random.below(4),
                             .candidates = 1});
    const InfillResult result = infiller.fill(request);
    const std::vector<HoleFill>& fills = result.candidates.front().fills;
    ASSERT_EQ(fills.size(), request.holes.size());
    const std::string filled = splice(request, fills);
    std::size_t place = 0;
    std::size_t from = 0;
    for (std::size_t i = 0; i < fills.size(); ++i) {
      EXPECT_FALSE(fills[i].text.empty());
      std::string joined;
      for (const FillPiece& piece : fills[i].pieces) joined += piece.text;
      EXPECT_EQ(joined, fills[i].text);
      const std::string before = visible(from, request.holes[i].begin);
      EXPECT_EQ(filled.substr(place, before.size()), before);
      place += before.size() + fills[i].text.size();
      from = request.holes[i].end;
    }
    EXPECT_EQ(filled.substr(place), kText.substr(from));
    EXPECT_EQ(splice(request, infiller.fill(request).candidates.front().fills), filled);
  });
}

TEST_F(InfillerTest, HolesTooFarApartForOneContextSeeEarlierFills) {
  std::string text = "const a = ;\n";
  for (int i = 0; i < 300; ++i) text += "// line\n";
  text += "const b = ;\n";
  const std::vector<TextRange> holes = {{10, 10}, {text.size() - 2, text.size() - 2}};
  const Infiller infiller(tokenizer,
                          [&](bool) { return std::make_unique<test::NoisyDenoiser>(tokenizer.size()); },
                          {.context_tokens = 128, .tokens = 4, .candidates = 3});
  const InfillResult result = infiller.fill({.path = "a.ts", .text = text, .holes = holes});
  ASSERT_EQ(result.candidates.size(), 1U);
  EXPECT_EQ(result.candidates.front().fills.size(), 2U);
}

TEST_F(InfillerTest, FewestSyntaxErrorsComeFirst) {
  const Infiller infiller(tokenizer,
                          [&](bool) { return std::make_unique<test::NoisyDenoiser>(tokenizer.size()); },
                          {.context_tokens = 128, .tokens = 3, .candidates = 8});
  const InfillResult result = infiller.fill(
      {.path = "a.ts", .text = "let a = ;\n", .holes = {{8, 8}}, .grammar = syntax::Grammar::kTypeScript});
  ASSERT_GT(result.candidates.size(), 1U);
  for (std::size_t i = 1; i < result.candidates.size(); ++i) {
    EXPECT_LE(result.candidates[i - 1].syntax_errors, result.candidates[i].syntax_errors);
    EXPECT_NE(result.candidates[i - 1].fills[0].text, result.candidates[i].fills[0].text);
  }
}

TEST_F(InfillerTest, AnEmptyFillOnlyWhenAsked) {
  const TextRange nothing = {place_of("return").begin + 2, place_of("return").begin + 2};
  InfillOptions options{.context_tokens = 400, .tokens = 2, .candidates = 1};
  EXPECT_FALSE(fill_by_oracle({nothing}, options).candidates.front().fills.front().text.empty());
  options.allows_empty = true;
  EXPECT_TRUE(fill_by_oracle({nothing}, options).candidates.front().fills.front().text.empty());
}

TEST_F(InfillerTest, BadHolesAndOptionsAreUsageErrors) {
  const auto fill = [&](const std::vector<TextRange>& holes, InfillOptions options) {
    Infiller(
        tokenizer, [&](bool) { return std::make_unique<test::NoisyDenoiser>(tokenizer.size()); }, options)
        .fill({.path = "a.ts", .text = kText, .holes = holes});
  };
  EXPECT_THROW(fill({}, {}), base::Error);
  EXPECT_THROW(fill({{5, kText.size() + 1}}, {}), base::Error);
  EXPECT_THROW(fill({{5, 4}}, {}), base::Error);
  EXPECT_THROW(fill({{5, 8}, {7, 9}}, {}), base::Error);
  EXPECT_THROW(fill({{5, 8}}, {.context_tokens = 128, .tokens = 200}), base::Error);
  EXPECT_THROW(fill({{5, 8}}, {.context_tokens = 2}), base::Error);
  EXPECT_THROW(fill({{5, 8}}, {.candidates = 0}), base::Error);
}

}  // namespace
}  // namespace palimpsest::infill
