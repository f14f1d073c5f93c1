#include "ingest/source_list.h"

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;

TEST(SourceListTest, ReadsToml) {
  const auto specs = parse_list(R"(
[[source]]
package = "rxjs"
version = "7.8.2"
integrity = "sha512-x"
bytes = 1000
licence = "Apache-2.0"
[[source]]
source = "git:https://h/r"
revision = "feature/x"
[[source]]
source = "jsonl:data.jsonl"
)",
                                "/lists/all.toml");
  ASSERT_EQ(specs.size(), 3U);
  EXPECT_EQ(specs[0].text(), "npm:rxjs@7.8.2");
  EXPECT_EQ(specs[0].integrity, "sha512-x");
  EXPECT_EQ(specs[0].bytes, 1000U);
  EXPECT_EQ(specs[1].revision, "feature/x");
  EXPECT_EQ(specs[2].location, "/lists/data.jsonl");
  EXPECT_EQ(parse_list("source\tbytes\ndir:x\t7\n", "/lists/all.tsv").at(0).bytes, 7U);
}

TEST(SourceListTest, NamesTheBadLine) {
  for (const char* text : {"", "source = 1", "source = [1]", "[[source]]\nsource = 1", "[[source]\n",
                           "[[source]]\nsource = \"svn:x\"", "[[source]]\npackage = \"a\""}) {
    EXPECT_EQ(code_of([&] { parse_list(text, "list.toml"); }), ErrorCode::kBadData) << text;
  }
  try {
    parse_list("\n[[source]]\nsource = \"svn:x\"", "list.toml");
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("list.toml:2"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace palimpsest::ingest
