#include "evaluate/infill/token_masks.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::infill {
namespace {

class TokenMasksTest : public testing::Test {
 protected:
  std::set<std::string> allowed(const model::TokenMask& mask) const {
    std::set<std::string> spelled;
    for (std::size_t id = 0; id < mask.size(); ++id) {
      if (mask[id] != 0) spelled.emplace(tokenizer.bytes(static_cast<tokens::TokenId>(id)));
    }
    return spelled;
  }
  tokens::TokenId id_of(std::string_view text) const { return tokenizer.encode(text).at(0); }

  tokens::Tokenizer tokenizer = test::sample_tokenizer();
  TokenMasks masks{tokenizer};
};

TEST_F(TokenMasksTest, InnerTokensAreTextAndUtf8) {
  const std::set<std::string> inner = allowed(masks.inner(false));
  EXPECT_TRUE(inner.contains("a"));
  EXPECT_FALSE(inner.contains(""));
  EXPECT_FALSE(inner.contains("\xC3"));
  EXPECT_FALSE(inner.contains("\xA9"));
  EXPECT_TRUE(allowed(masks.inner(true)).contains("\xA9"));
}

TEST_F(TokenMasksTest, EdgesSpellTheVisibleBytes) {
  const HoleEdges edges{.left = id_of("r"), .right = id_of("n")};
  const auto run = masks.make_run(edges, 3, 4, {});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->begin, 3U);
  EXPECT_EQ(run->end, 7U);
  for (const std::string& token : allowed(run->first)) EXPECT_TRUE(token.starts_with("r"));
  for (const std::string& token : allowed(run->last)) EXPECT_TRUE(token.ends_with("n"));
  EXPECT_TRUE(allowed(run->first).contains("r"));
  EXPECT_FALSE(run->forbids_pair);
}

TEST_F(TokenMasksTest, AHoleOfTwoEdgesIsNotFilledWithNothing) {
  const HoleEdges edges{.left = id_of("r"), .right = id_of("n")};
  EXPECT_TRUE(masks.make_run(edges, 0, 2, {})->forbids_pair);
  EXPECT_FALSE(masks.make_run(edges, 0, 2, {.allows_empty = true})->forbids_pair);
}

TEST_F(TokenMasksTest, OneTokenMustSpellBothEdgesAndMore) {
  const HoleEdges none;
  EXPECT_EQ(allowed(masks.make_run(none, 0, 1, {})->first), allowed(masks.inner(false)));
  const HoleEdges left{.left = id_of("c")};
  const auto run = masks.make_run(left, 0, 1, {});
  if (run) {
    for (const std::string& token : allowed(run->first)) EXPECT_GT(token.size(), 1U);
  }
  EXPECT_TRUE(allowed(masks.make_run(left, 0, 1, {.allows_empty = true})->first).contains("c"));
  EXPECT_FALSE(masks.make_run({.left = id_of("\x01"), .right = id_of("\x02")}, 0, 1, {}));
  EXPECT_FALSE(masks.make_run(none, 0, 0, {.allows_empty = true}));
}

/// Neither byte begins or ends a longer token, so the only run of two spells nothing.
TEST_F(TokenMasksTest, NoRunOfTwoWhereOnlyTheEdgesFit) {
  const HoleEdges edges{.left = id_of("\x01"), .right = id_of("\x02")};
  EXPECT_FALSE(masks.make_run(edges, 0, 2, {}));
  EXPECT_TRUE(masks.make_run(edges, 0, 2, {.allows_empty = true}));
  EXPECT_TRUE(masks.make_run(edges, 0, 3, {}));
}

}  // namespace
}  // namespace palimpsest::infill
