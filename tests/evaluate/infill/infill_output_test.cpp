#include "evaluate/infill/infill_output.h"

#include <string>

#include <gtest/gtest.h>

#include "evaluate/infill/watch_view.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::infill {
namespace {

InfillRequest two_holes() {
  return {.path = "a.ts",
          .text = "one\ntwo\n\xC5\xBC\nfour\nfive\nsix\nseven\neight\nnine\nten\n",
          .holes = {{4, 7}, {40, 40}}};
}

std::vector<HoleFill> two_fills() {
  return {{.text = "zwei", .pieces = {{"zw", 0.5, 1}, {"ei", 0.25, 0}}},
          {.text = "!", .pieces = {{"!", 1, 2}}}};
}

TEST(InfillOutputTest, ShowsTheLinesAroundEveryHoleOnce) {
  EXPECT_EQ(in_context(two_holes(), two_fills(), false),
            "one\n⟦zwei⟧\nż\nfour\nfive\n...\nsix\nseven\neight\nnin⟦!⟧e\nten\n\n");
}

TEST(InfillOutputTest, HolesNearEachOtherShareTheirLines) {
  const InfillRequest request{.path = "a.ts", .text = "a b c\n", .holes = {{2, 3}, {4, 5}}};
  EXPECT_EQ(in_context(request, two_fills(), false), "a ⟦zwei⟧ ⟦!⟧\n\n");
}

TEST(InfillOutputTest, JsonHasEveryTokenOfEveryHole) {
  InfillResult result{.expert_probs = {0.25, 0.75}, .forwards = 9};
  result.candidates.push_back({.fills = two_fills(), .syntax_errors = 1, .score = -3});
  const io::Json json = as_json(two_holes(), result, {"core", "react"});
  EXPECT_EQ(json["holes"].size(), 2U);
  EXPECT_EQ(json["holes"][0]["fill"], "zwei");
  EXPECT_EQ(json["holes"][0]["replaced"], "two");
  EXPECT_EQ(json["holes"][0]["before"], "one\n");
  EXPECT_EQ(json["holes"][0]["tokens"][1], (io::Json{{"text", "ei"}, {"confidence", 0.25}, {"order", 0}}));
  EXPECT_EQ(json["experts"]["react"], 0.75);
  EXPECT_EQ(json["candidates"][0]["syntax_errors"], 1);
}

TEST(WatchViewTest, FramesShowMasksAndWhatWasDecided) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  const auto id = [&](const char* text) { return tokenizer.encode(text).at(0); };
  model::MaskedText text{.ids = {id("h"), id("a"), tokens::kMaskId, tokens::kMaskId, id("z")}, .header = 1};
  WatchView plain(tokenizer, 0);
  text.ids[3] = id("c");
  EXPECT_EQ(plain.frame(text, {3}), "step 1, 1 to go\na░cz\n");
  text.ids[2] = id("b");
  EXPECT_EQ(plain.frame(text, {2}), "step 2, 0 to go\nabcz\n");
  text.ids[2] = text.ids[3] = tokens::kMaskId;  // the next candidate
  text.ids[2] = id("y");
  EXPECT_TRUE(plain.frame(text, {2}).starts_with("step 1, 1 to go\n"));
}

TEST(WatchViewTest, ATerminalIsDrawnOver) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  const tokens::TokenId x = tokenizer.encode("x").at(0);
  model::MaskedText text{.ids = std::vector<tokens::TokenId>(30, x)};
  text.ids[10] = tokens::kMaskId;
  text.ids[11] = x;
  WatchView view(tokenizer, 20);
  EXPECT_EQ(view.frame(text, {11}).find("\033["), std::string("step 1, 1 to go\n").size());
  text.ids[10] = x;  // 15 + 30 columns on 20: one row, then two
  EXPECT_TRUE(view.frame(text, {10}).starts_with("\033[3A\033[J"));
}

}  // namespace
}  // namespace palimpsest::infill
