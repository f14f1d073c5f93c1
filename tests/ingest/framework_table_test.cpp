#include "ingest/framework_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

TEST(FrameworkTableTest, BuiltInTableHasTheFourFamilies) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  EXPECT_THAT(table.labels(), testing::ElementsAre("core", "nestjs", "nextjs", "react"));
  EXPECT_EQ(table.default_family, 0U);
}

TEST(FrameworkTableTest, ReadsAllKindsOfRules) {
  const FrameworkTable table = parse_framework_table(R"(
[[family]]
label = "x"
builds_on = ["d"]
dependencies = ["x"]
[[family.rule]]
import = ["x", "y-{a,b}"]
strength = 1.0
[[family.rule]]
jsx = true
not_with = ["z"]
strength = 0.5
needs_dependency = true
[[family]]
label = "d"
default = true
)",
                                                     "t");
  EXPECT_EQ(table.default_family, 1U);
  ASSERT_EQ(table.families[0].rules.size(), 2U);
  EXPECT_THAT(table.families[0].rules[0].patterns, testing::ElementsAre("x", "y-a", "y-b"));
  EXPECT_TRUE(table.families[0].rules[1].needs_dependency);
  EXPECT_THAT(table.families[0].builds_on, testing::ElementsAre(1U));
}

TEST(FrameworkTableTest, NamesWhatIsWrong) {
  const std::string family = "[[family]]\nlabel = \"a\"\ndefault = true\n";
  for (const std::string& text :
       {std::string(), std::string("family = 1"), std::string("[[family]]\n"),
        std::string("[[family]]\nlabel = \"a\"\n"), family + family, family + "colour = 1\n",
        family + "builds_on = [\"b\"]\n", family + "builds_on = [\"a\"]\n", family + "dependencies = \"x\"\n",
        family + "dependencies = [1]\n", family + "rule = 1\n", family + "[[family.rule]]\nstrength = 1.0\n",
        family + "[[family.rule]]\nimport = [\"x\"]\n",
        family + "[[family.rule]]\nimport = [\"x\"]\njsx = true\nstrength = 1.0\n",
        family + "[[family.rule]]\nimport = [\"x\"]\nstrength = 1.5\n",
        family + "[[family.rule]]\njsx = false\nstrength = 1.0\n", family + "[[family.rule]\n"}) {
    EXPECT_EQ(test::code_of([&] { parse_framework_table(text, "t.toml"); }), base::ErrorCode::kBadData)
        << text;
  }
}

}  // namespace
}  // namespace palimpsest::ingest
