#include "tokenize/presets.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tokenize/token_veto.h"

namespace palimpsest::tokenize {
namespace {

using Units = std::vector<std::string_view>;

Units cut(std::string_view text, UnitCut how) {
  Units units;
  cut_units(text, how, units);
  return units;
}

TEST(PresetsTest, LinesKeepTheirNewlineWhereThePresetWantsIt) {
  EXPECT_EQ(cut("a\n  b\n\nc", UnitCut::kBehindNewline), (Units{"a\n", "  b\n", "\n", "c"}));
  EXPECT_EQ(cut("a\n  b\n\nc", UnitCut::kBeforeNewline), (Units{"a", "\n  b", "\n", "\nc"}));
  EXPECT_EQ(cut("\r\n\r\nb\r\n", UnitCut::kBeforeNewline), (Units{"\r\n", "\r\nb", "\r\n"}));
  EXPECT_EQ(cut("\r\n\r\nb\r\n", UnitCut::kBehindNewline), (Units{"\r\n", "\r\n", "b\r\n"}));
  EXPECT_EQ(cut("a\nb", UnitCut::kDocument), (Units{"a\nb"}));
  EXPECT_TRUE(cut("", UnitCut::kBeforeNewline).empty());
}

TEST(PresetsTest, UnitsFollowThePresetUnlessGiven) {
  const TrainingPreset& code = training_preset("code");
  const TrainingPreset& superbpe = training_preset("superbpe");
  EXPECT_EQ(unit_cut(code, kUnitsByPreset), UnitCut::kDocument);
  EXPECT_EQ(unit_cut(code, kUnitsLine), UnitCut::kBeforeNewline);
  EXPECT_EQ(unit_cut(superbpe, kUnitsByPreset), UnitCut::kBehindNewline);
  EXPECT_EQ(unit_cut(superbpe, kUnitsDocument), UnitCut::kDocument);
  EXPECT_THROW(training_preset("gpt2"), base::Error);
}

TEST(PresetsTest, ReferencePatternsCutAsTheReferenceDoes) {
  Units pieces;
  const tokens::PreTokenizer stage1{std::string(tokens::kSuperBpePreset.stage1), "test"};
  stage1.split("const userName = f(12345);\n  x", pieces);
  EXPECT_EQ(pieces, (Units{"const", " user", "Name", " =", " f", "(", "123", "45", ");\n", " ", " x"}));
  pieces.clear();
  const tokens::PreTokenizer stage2{std::string(tokens::kSuperBpePreset.stage2), "test"};
  stage2.split("const userName = f(12345);\n  x", pieces);
  EXPECT_EQ(pieces, (Units{"const userName = f(", "123", "45", ");\n", " ", " x"}));
}

TEST(TokenVetoTest, MatchesAnywhereAndBearsCutCharacters) {
  const TokenVeto veto("; |é");
  EXPECT_TRUE(veto("a; b"));
  EXPECT_FALSE(veto("a;b"));
  EXPECT_TRUE(veto("\xa9xé"));
  EXPECT_FALSE(veto("\xc3"));
  EXPECT_FALSE(veto(""));
  EXPECT_THROW(TokenVeto("("), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokenize
