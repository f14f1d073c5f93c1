#include "ingest/tarball.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;
using test::make_collector;
using test::make_tarball;
using testing::ElementsAre;

constexpr std::uint64_t kLimit = 1 << 20;

SourceFiles read(const std::string& archive) {
  FileCollector collector = make_collector();
  read_tarball(archive, "test.tgz", kLimit, TopFolder::kFind, collector);
  return collector.finish();
}

TEST(TarballTest, ReadsFilesWithoutTheFirstFolder) {
  const SourceFiles files =
      read(make_tarball({{"package/src/b.ts", "b"},
                         {"package/a.tsx", "a"},
                         {"package/README.md", "r"},
                         {"package/package.json", R"({"name":"n","version":"1.0.0"})"}}));
  EXPECT_THAT(test::paths(files), ElementsAre("a.tsx", "src/b.ts"));
  EXPECT_EQ(files.files[1].text, "b");
  EXPECT_EQ(files.other_files, 1U);
  ASSERT_NE(files.packages.root(), nullptr);
  EXPECT_EQ(files.packages.root()->name, "n");
}

TEST(TarballTest, KeepsFirstFoldersThatDiffer) {
  const std::vector<test::TarEntry> several = {{"./app/a.ts", "a"}, {"./lib/b.ts", "b"}, {"/etc/c.ts", "x"}};
  EXPECT_THAT(test::paths(read(make_tarball(several))), ElementsAre("app/a.ts", "lib/b.ts"));
  const std::vector<test::TarEntry> flat = {{"a.ts", "a"}, {"lib/b.ts", "b"}};
  EXPECT_THAT(test::paths(read(make_tarball(flat))), ElementsAre("a.ts", "lib/b.ts"));
  const std::vector<test::TarEntry> one = {
      {"../c.ts", "x"}, {"project-1.0/a.ts", "a"}, {"project-1.0/lib/b.ts", "b"}};
  EXPECT_THAT(test::paths(read(make_tarball(one))), ElementsAre("a.ts", "lib/b.ts"));
  const std::vector<test::TarEntry> package = {
      {"package/a.ts", "a"}, {"package/package.json", "{}"}, {"extra/b.ts", "b"}};
  EXPECT_THAT(test::paths(read(make_tarball(package))), ElementsAre("a.ts", "b.ts"));
}

TEST(TarballTest, SkipsUnsafePathsAndLinks) {
  const SourceFiles files = read(make_tarball({{"/etc/a.ts", "x"},
                                               {"../b.ts", "x"},
                                               {"package/../../c.ts", "x"},
                                               {"package/./d.ts", "x"},
                                               {"package/e.ts", "/etc/passwd", '2'},
                                               {"package/f.ts", "package/good.ts", '1'},
                                               {"package/\xff.ts", "x"},
                                               {"package/good.ts", "x"}}));
  EXPECT_THAT(test::paths(files), ElementsAre("good.ts"));
  EXPECT_THAT(test::reasons(files), ElementsAre("link", "link", "unsafe_path", "unsafe_path", "unsafe_path",
                                                "unsafe_path", "unsafe_path"));
}

TEST(TarballTest, SourceMapsYieldToRealFiles) {
  const std::string map =
      R"({"sources":["../src/a.ts","../src/b.ts"],"sourcesContent":["from map","from map"]})";
  const SourceFiles files = read(make_tarball(
      {{"p/dist/a.js.map", map}, {"p/dist/a.mjs.map", map}, {"p/src/a.ts", "real"}, {"p/x.cjs.map", "{"}}));
  EXPECT_THAT(test::paths(files), ElementsAre("src/a.ts", "src/b.ts"));
  EXPECT_EQ(files.files[0].text, "real");
  EXPECT_EQ(files.files[1].text, "from map");
  EXPECT_THAT(test::reasons(files), ElementsAre("bad_source_map", "source_map_repeats_file",
                                                "source_map_repeats_file", "source_map_repeats_file"));
}

TEST(TarballTest, EveryTruncationIsAnError) {
  const std::string archive = make_tarball({{"package/a.ts", std::string(3000, 'a')}, {"package/b.ts", "b"}});
  for (std::size_t size = 0; size + 8 < archive.size(); ++size) {
    EXPECT_EQ(code_of([&] { read(archive.substr(0, size)); }), ErrorCode::kBadData) << size;
  }
  EXPECT_EQ(code_of([&] { read("this is no archive at all"); }), ErrorCode::kBadData);
}

TEST(TarballTest, StopsAtABomb) {
  const std::string one_large = make_tarball({{"package/data.bin", std::string(2 * kLimit, '\0')}});
  EXPECT_LT(one_large.size(), 10'000U);
  EXPECT_EQ(code_of([&] { read(one_large); }), ErrorCode::kBadData);
  std::vector<test::TarEntry> many(40, {"package/data.bin", std::string(kLimit / 20, '\0')});
  EXPECT_EQ(code_of([&] { read(make_tarball(many)); }), ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::ingest
