#include "ingest/package_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

PackageInfo parse(std::string_view json, std::string folder = "") {
  return parse_package(json, std::move(folder), "p");
}

TEST(PackageInfoTest, ReadsDependenciesOfAllKinds) {
  const PackageInfo package = parse(
      R"({"name":"n","dependencies":{"b":"1"},"devDependencies":{"a":"1","b":"1"},"peerDependencies":{"c":"1"}})");
  EXPECT_THAT(package.dependencies, testing::ElementsAre("a", "b", "c"));
  EXPECT_FALSE(package.workspace_root);
  EXPECT_TRUE(parse(R"({"workspaces":["packages/*"]})").workspace_root);
}

TEST(PackageInfoTest, ReadsLicencesInAllForms) {
  EXPECT_EQ(parse(R"({"license":"MIT"})").license, "MIT");
  EXPECT_EQ(parse(R"({"license":{"type":"ISC","url":"u"}})").license, "ISC");
  EXPECT_EQ(parse(R"({"licenses":[{"type":"MIT"},{"type":"Apache-2.0"}]})").license, "MIT OR Apache-2.0");
  EXPECT_EQ(parse(R"({"license":"SEE LICENSE IN LICENSE.md"})").license, "");
  EXPECT_EQ(parse(R"({"license":5,"name":[],"dependencies":"x"})").license, "");
}

TEST(PackageInfoTest, RefusesDamage) {
  for (const char* text : {"", "[]", "{\"name\":", "\xff"}) {
    EXPECT_EQ(test::code_of([&] { parse(text); }), base::ErrorCode::kBadData) << text;
  }
}

TEST(PackageInfoTest, NearestLooksThroughEmptyPackages) {
  PackageTree tree;
  tree.add(parse(R"({"name":"root","license":"MIT"})"));
  tree.add(parse(R"({"name":"app","license":"ISC"})", "apps/a"));
  tree.add(parse(R"({"type":"module"})", "apps/a/esm"));
  EXPECT_EQ(tree.nearest("x.ts")->name, "root");
  EXPECT_EQ(tree.nearest("apps/a/src/x.ts")->name, "app");
  EXPECT_EQ(tree.nearest("apps/a/esm/x.ts")->name, "app");
  EXPECT_EQ(tree.nearest("apps/ab/x.ts")->name, "root");
  EXPECT_EQ(tree.license("apps/a/esm/x.ts"), "ISC");
  EXPECT_EQ(PackageTree().nearest("a/b.ts"), nullptr);
}

TEST(PackageInfoTest, PeersAndWhichOfThemAreNeeded) {
  const PackageInfo package = parse_package(
      R"({"dependencies":{"c":"1"},"peerDependencies":{"b":"1","a":"1","c":"1"},
          "peerDependenciesMeta":{"b":{"optional":true},"a":{"optional":false}}})",
      "", "p");
  EXPECT_THAT(package.peers, testing::ElementsAre("a", "b"));
  EXPECT_THAT(package.needed_peers, testing::ElementsAre("a"));
  EXPECT_THAT(package.runtime, testing::ElementsAre("c"));
}

TEST(PackageTreeTest, UnlicensedInsideALicensedPackageIsOverruled) {
  PackageTree tree;
  tree.add(parse_package(R"({"name":"a","license":"MIT"})", "", "w"));
  tree.add(parse_package(R"({"name":"b","license":"UNLICENSED"})", "apps/b", "w"));
  tree.add(parse_package(R"({"name":"c","license":"ISC"})", "apps/c", "w"));
  EXPECT_EQ(tree.license("apps/b/x.ts"), "MIT");
  EXPECT_EQ(tree.license("apps/c/x.ts"), "ISC");
  PackageTree alone;
  alone.add(parse_package(R"({"name":"b","license":"UNLICENSED"})", "", "w"));
  EXPECT_EQ(alone.license("x.ts"), "UNLICENSED");
}

}  // namespace
}  // namespace palimpsest::ingest
