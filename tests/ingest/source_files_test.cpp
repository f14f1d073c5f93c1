#include "ingest/source_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/file_type.h"
#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using testing::ElementsAre;

TEST(FileTypeTest, GoesByName) {
  for (const char* path : {"a.ts", "x/a.tsx", "a.mts", "a.cts", "next.config.ts"}) {
    EXPECT_EQ(file_type(path), FileType::kTypeScript) << path;
  }
  for (const char* path : {"a.d.ts", "a.d.mts", "a.d.css.ts"})
    EXPECT_EQ(file_type(path), FileType::kDeclaration) << path;
  for (const char* path : {"a.js", "a.d.ts.map", "a.css.map", "ts", "a.ts.snap"}) {
    EXPECT_EQ(file_type(path), FileType::kOther) << path;
  }
  EXPECT_EQ(file_type("x/package.json"), FileType::kPackage);
  EXPECT_EQ(file_type("dist/a.mjs.map"), FileType::kSourceMap);
  EXPECT_TRUE(is_vendored("a/node_modules/b/c.ts"));
  EXPECT_FALSE(is_vendored("my_node_modules/c.ts"));
}

TEST(SourceFilesTest, SafePaths) {
  for (const char* path : {"a", "a/b.ts", "..a/b", "a..b"}) EXPECT_TRUE(is_safe_path(path)) << path;
  for (const char* path : {"", "/a", "a/", "a//b", "../a", "a/../b", "a/..", "./a", "\xff"}) {
    EXPECT_FALSE(is_safe_path(path)) << path;
  }
  EXPECT_FALSE(is_safe_path(std::string_view("a\0b", 3)));
}

TEST(SourceFilesTest, EveryRefusalHasAReason) {
  FileCollector collector({.max_file_bytes = 10, .max_source_bytes = 1000},
                          FileCollector::SourceMaps::kIgnore);
  EXPECT_FALSE(collector.wants("a.d.ts", 1));
  EXPECT_FALSE(collector.wants("a.ts", 0));
  EXPECT_FALSE(collector.wants("b.ts", 11));
  EXPECT_FALSE(collector.wants("node_modules/c.ts", 1));
  EXPECT_FALSE(collector.wants("d.js", 1));
  EXPECT_FALSE(collector.wants("d.js.map", 1));
  EXPECT_FALSE(collector.wants("package.json", 10 << 20));
  EXPECT_TRUE(collector.wants("e.ts", 10));
  collector.take("e.ts", "0123456789", "");
  EXPECT_FALSE(collector.wants("e.ts", 10));
  const SourceFiles files = collector.finish();
  EXPECT_THAT(test::reasons(files), ElementsAre("declaration_file", "empty", "package_json_too_large",
                                                "repeated_path", "too_large", "vendored"));
  EXPECT_EQ(files.other_files, 2U);
}

TEST(SourceFilesTest, LimitsTheWholeSource) {
  FileCollector collector({.max_file_bytes = 10, .max_source_bytes = 15}, FileCollector::SourceMaps::kIgnore);
  collector.take("a.ts", "0123456789", "");
  EXPECT_EQ(test::code_of([&] { collector.take("b.ts", "0123456789", ""); }), base::ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::ingest
