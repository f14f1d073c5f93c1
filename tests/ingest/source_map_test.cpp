#include "ingest/source_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

TEST(SourceMapTest, NormalisesPaths) {
  EXPECT_EQ(mapped_path("dist/a.js.map", "", "../src/a.ts"), "src/a.ts");
  EXPECT_EQ(mapped_path("dist/x/a.js.map", "../..", "src/a.ts"), "src/a.ts");
  EXPECT_EQ(mapped_path("a.js.map", "", "../../other/src/a.ts"), "other/src/a.ts");
  EXPECT_EQ(mapped_path("dist/a.js.map", "", "webpack://name/./src/a.ts?4f2a"), "src/a.ts");
  EXPECT_EQ(mapped_path("dist/a.js.map", "", "webpack:///./src/a.ts"), "src/a.ts");
  EXPECT_EQ(mapped_path("dist/a.js.map", "webpack://", "src/a.ts"), "src/a.ts");
  EXPECT_EQ(mapped_path("dist/a.js.map", "", "/home/me/src/a.ts"), "home/me/src/a.ts");
}

TEST(SourceMapTest, TakesTypeScriptOnly) {
  const auto map = read_source_map(
      R"({"version":3,"sources":["../src/a.ts","../src/b.js","../node_modules/x/c.ts","../src/d.ts","../src/e.d.ts"],
          "sourcesContent":["A","B","C",null,"E"]})",
      "dist/a.js.map");
  ASSERT_TRUE(map.has_value());
  ASSERT_EQ(map->sources.size(), 1U);
  EXPECT_EQ(map->sources[0].path, "src/a.ts");
  EXPECT_EQ(map->sources[0].text, "A");
  EXPECT_EQ(map->vendored, 1U);
  EXPECT_EQ(map->declarations, 1U);
  EXPECT_THAT(map->without_text, testing::ElementsAre("src/d.ts"));
}

TEST(SourceMapTest, ContentsMayBeFewerThanSources) {
  const auto map = read_source_map(R"({"sources":["a.ts","b.ts"],"sourcesContent":["A"]})", "x.js.map");
  ASSERT_TRUE(map.has_value());
  EXPECT_EQ(map->sources.size(), 1U);
  EXPECT_THAT(map->without_text, testing::ElementsAre("b.ts"));
  EXPECT_THAT(read_source_map(R"({"sources":["a.ts"]})", "x.js.map")->without_text,
              testing::ElementsAre("a.ts"));
}

TEST(SourceMapTest, DamagedMapsAreNoMaps) {
  const std::string good = R"({"sources":["a.ts"],"sourcesContent":["A"]})";
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(read_source_map(good.substr(0, size), "x.js.map").has_value()) << size;
  }
  EXPECT_FALSE(read_source_map("[]", "x.js.map").has_value());
  EXPECT_FALSE(read_source_map(R"({"sources":"a.ts"})", "x.js.map").has_value());
  EXPECT_FALSE(read_source_map(std::string(100'000, '['), "x.js.map").has_value());
}

}  // namespace
}  // namespace palimpsest::ingest
