#include "evaluate/infill/hole_source.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::infill {
namespace {

class HoleSourceTest : public testing::Test {
 protected:
  HoleSource source_of(const std::string& text, const std::vector<std::string>& at = {}) {
    io::write_file_atomically(directory.path() / "a.ts", text);
    return {.file = directory.path() / "a.ts", .at = at};
  }

  test::TemporaryDirectory directory;
};

TEST_F(HoleSourceTest, MarkersAreTakenOut) {
  const InfillRequest request = read_holes(source_of("a <|hole|>b<|hole|><|hole|>"));
  EXPECT_EQ(request.text, "a b");
  ASSERT_EQ(request.holes.size(), 3U);
  EXPECT_EQ(request.holes[0].begin, 2U);
  EXPECT_EQ(request.holes[1].begin, 3U);
  EXPECT_EQ(request.holes[2].end, 3U);
  EXPECT_EQ(request.grammar, syntax::Grammar::kTypeScript);
}

TEST_F(HoleSourceTest, PlacesAreSortedAndMarkersThenAreText) {
  const InfillRequest request = read_holes(source_of("one <|hole|>\ntwo\n", {"2:1-2:4", "1:2"}));
  EXPECT_EQ(request.text, "one <|hole|>\ntwo\n");
  ASSERT_EQ(request.holes.size(), 2U);
  EXPECT_EQ(request.holes[0].begin, 1U);
  EXPECT_EQ(request.holes[1].end, 16U);
}

TEST_F(HoleSourceTest, BadTextsAndHolesAreErrors) {
  EXPECT_THROW(read_holes(source_of("nothing here")), base::Error);
  EXPECT_THROW(read_holes(source_of("one\n", {"1:1-1:3", "1:2-1:4"})), base::Error);
  EXPECT_THROW(read_holes(source_of("one\n", {"9:1"})), base::Error);
  EXPECT_THROW(read_holes(source_of("\xFF", {"1:1"})), base::Error);
  EXPECT_THROW(read_holes(source_of(std::string((16U << 20) + 1, 'x'), {"1:1"})), base::Error);
  EXPECT_THROW(read_holes({.file = directory.path() / "missing.ts", .at = {"1:1"}}), base::Error);
}

TEST(GrammarOfPathTest, KnowsTheLanguagesByTheirSuffix) {
  EXPECT_EQ(grammar_of_path("src/a.tsx"), syntax::Grammar::kTsx);
  EXPECT_EQ(grammar_of_path("a.test.mjs"), syntax::Grammar::kJavaScript);
  EXPECT_EQ(grammar_of_path("a.py"), std::nullopt);
}

}  // namespace
}  // namespace palimpsest::infill
