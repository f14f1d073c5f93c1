#include "common/tokens/splitter.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "tests/support/sample_documents.h"
#include "tests/tokens/pcre2_classes.h"

namespace palimpsest::tokens {
namespace {

using ::testing::ElementsAre;

constexpr std::array kPatterns = {kCodePreset.stage1, kCodePreset.stage2, kSuperBpePreset.stage1,
                                  kSuperBpePreset.stage2};

std::vector<std::string_view> pieces_of(std::string_view pattern, std::string_view text) {
  std::vector<std::string_view> pieces;
  PreTokenizer(std::string(pattern), "test").split(text, pieces);
  return pieces;
}

/// Only the exact text of a pattern has a splitter, so a group around it brings PCRE2.
class SplitterTest : public ::testing::TestWithParam<std::string_view> {
 protected:
  void expect_equal(const std::string& text) const {
    std::vector<std::string_view> ours;
    std::vector<std::string_view> expected;
    preset_.split(text, ours);
    pcre2_.split(text, expected);
    ASSERT_EQ(ours, expected) << ::testing::PrintToString(text);
  }

 private:
  PreTokenizer preset_{std::string(GetParam()), "test"};
  PreTokenizer pcre2_{"(?:" + std::string(GetParam()) + ")", "test"};
};

/// Characters that take part in a rule, each alone and in short runs.
constexpr std::array<std::string_view, 40> kParts = {
    " ",      "  ",     "\t",     "\n",     "\r",     "\r\n", "\f", "\v",         "\u0085", "\u00a0",
    "\u2028", "\u180e", "\u3000", "a",      "b",      "A",    "B",  "AB",         "ab",     "ǅ",
    "ʰ",      "日",     "ª",      "\u0301", "\u0300", "é",    "1",  "23",         "4567",   "²",
    "١",      "Ⅷ",      "(",      "()",     "/",      "//",   "=>", "\U0001f642", "_",      "'"};

TEST_P(SplitterTest, EqualsPcre2OnCombinationsOfParts) {
  for (const std::string_view a : kParts) {
    for (const std::string_view b : kParts) {
      for (const std::string_view c : kParts) expect_equal(std::string(a) + std::string(b) + std::string(c));
    }
  }
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    base::Random random({seed});
    std::string text;
    for (std::uint64_t left = random.below(24); left > 0; --left) text += kParts[random.below(kParts.size())];
    expect_equal(text);
  }
}

/// Longer than a block, so that each rule meets its edges; runs may be longer still.
TEST_P(SplitterTest, EqualsPcre2OnLongAsciiTexts) {
  constexpr std::string_view kCharacters = "  \t\n\n\r\v\f/;-ABcde0123_";
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    base::Random random({seed, 3});
    const std::size_t variety = 2 + random.below(kCharacters.size() - 1);
    const std::size_t first = random.below(kCharacters.size());
    const std::size_t longest = random.below(20) == 0 ? 150 : 1 + random.below(5);
    std::string text;
    while (text.size() < 300) {
      const char c = kCharacters[(first + random.below(variety)) % kCharacters.size()];
      text.append(1 + random.below(longest), c);
      if (random.below(50) == 0) text += kParts[random.below(kParts.size())];
    }
    expect_equal(text);
  }
}

/// Many times the pieces of one part.
TEST_P(SplitterTest, EqualsPcre2OnTextOfManyParts) {
  std::string text;
  for (std::uint64_t seed = 0; text.size() < (std::size_t{1} << 20); ++seed) {
    text += test::sample_text(seed, 60) + std::to_string(seed);
  }
  expect_equal(text);
  expect_equal(std::string(std::size_t{1} << 18, '7'));
}

TEST_P(SplitterTest, EqualsPcre2OnAllPlanes) {
  std::vector<std::string> known;
  for (const test::Pcre2Class& entry : test::pcre2_classes()) {
    if (class_of(entry.point) == entry.class_of) known.push_back(test::utf8(entry.point));
  }
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    base::Random random({seed, 1});
    std::string text;
    const std::size_t start = random.below(known.size());  // neighbours often share a class
    for (std::uint64_t left = random.below(30); left > 0; --left) {
      switch (random.below(3)) {
        case 0:
          text += kParts[random.below(kParts.size())];
          break;
        case 1:
          text += known[random.below(known.size())];
          break;
        default:
          text += known[(start + random.below(60)) % known.size()];
      }
    }
    expect_equal(text);
  }
}

TEST_P(SplitterTest, EqualsPcre2OnMutatedCode) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    base::Random random({seed, 2});
    std::string text = test::sample_text(seed, 60);
    expect_equal(text);
    for (int change = 0; change < 40; ++change) {
      std::size_t at = random.below(text.size() + 1);
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
      text.insert(at, kParts[random.below(kParts.size())]);
    }
    expect_equal(text);
  }
}

std::string preset_name(const ::testing::TestParamInfo<std::string_view>& info) {
  return std::array{"CodeStage1", "CodeStage2", "SuperBpeStage1", "SuperBpeStage2"}[info.index];
}
INSTANTIATE_TEST_SUITE_P(Presets, SplitterTest, ::testing::ValuesIn(kPatterns), preset_name);

TEST(FindSplitterTest, ReferencePatterns) {
  EXPECT_THAT(pieces_of(kSuperBpePreset.stage1, "  getUserByID(1234);\n  x"),
              ElementsAre(" ", " get", "User", "By", "ID", "(", "123", "4", ");\n", " ", " x"));
  EXPECT_THAT(pieces_of(kSuperBpePreset.stage2, "  get  ID (1234) =>\n  x"),
              ElementsAre(" ", " get", " ", " ID (", "123", "4", ")", " =>\n", " ", " x"));
}

TEST(FindSplitterTest, OnlyPresetsHaveOne) {
  for (const std::string_view pattern : kPatterns) EXPECT_NE(find_splitter(pattern), nullptr);
  EXPECT_EQ(find_splitter("[0-9]"), nullptr);
}

}  // namespace
}  // namespace palimpsest::tokens
