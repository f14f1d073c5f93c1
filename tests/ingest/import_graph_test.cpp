#include "ingest/import_graph.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/project_units.h"

namespace palimpsest::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ImportGraphTest : public testing::Test {
 protected:
  void package(const std::string& json, const std::string& folder) {
    packages_.add(parse_package(json, folder, "p"));
  }

  void file(const std::string& path, std::vector<std::string> imports = {}) {
    facts_[path].imports = std::move(imports);
  }

  /// Paths that `from` imports.
  std::vector<std::string> imports_of(const std::string& from) {
    const std::vector<FileEdges> edges = graph();
    std::vector<std::string> result;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i].path != from) continue;
      for (const std::size_t to : edges[i].imports) result.emplace_back(files_[to].path);
      aliases_ = edges[i].aliases;
    }
    return result;
  }

  std::vector<FileEdges> graph() {
    files_.clear();
    for (const auto& [path, facts] : facts_) files_.push_back({path, &facts});
    return import_graph(files_, packages_, project_units(packages_, files_));
  }

  PackageTree packages_;
  std::map<std::string, SyntaxFacts> facts_;
  std::vector<FactFile> files_;
  std::vector<std::string> aliases_;
};

TEST_F(ImportGraphTest, ResolvesRelativeImports) {
  file("c/index.tsx");
  file("src/a.ts", {"./b", "./b.js", "../c", "./missing", "../../above", "./n", ".."});
  file("src/b.ts");
  file("src/n.native.tsx");
  EXPECT_THAT(imports_of("src/a.ts"), ElementsAre("c/index.tsx", "src/b.ts", "src/n.native.tsx"));
  EXPECT_THAT(graph()[2].importers, ElementsAre(1U));
}

TEST_F(ImportGraphTest, APackageThatLoadsItselfByNameIsNoEvidence) {
  package(R"({"name":"react-kit"})", "kit");
  package(R"({"name":"demo"})", "demo");
  file("demo/a.ts", {"react-kit"});
  file("kit/src/index.ts");
  file("kit/tests/a.ts", {"react-kit"});
  EXPECT_THAT(imports_of("kit/tests/a.ts"), ElementsAre("kit/src/index.ts"));
  EXPECT_THAT(aliases_, ElementsAre("react-kit"));
  EXPECT_THAT(imports_of("demo/a.ts"), ElementsAre("kit/src/index.ts"));
  EXPECT_THAT(aliases_, IsEmpty()) << "another package's file";
}

TEST_F(ImportGraphTest, ResolvesAliasesWithoutTsconfig) {
  package(R"({"name":"n","dependencies":{"react":"1","@ui/kit":"1"}})", "");
  file("src/a.ts", {"@/d/e", "~/d/e", "#d/e", "src/d/e", "d/e", "@d/e", "react", "@ui/kit", "d"});
  file("src/d/e.ts");
  file("src/react.ts");
  file("src/ui/kit.ts");
  EXPECT_THAT(imports_of("src/a.ts"), ElementsAre("src/d/e.ts"));
  EXPECT_THAT(aliases_, ElementsAre("@/d/e", "~/d/e", "#d/e", "src/d/e", "d/e", "@d/e"));
}

TEST_F(ImportGraphTest, AnAliasNamesTheEndOfAPathOfItsPackage) {
  package(R"({"name":"n"})", "");
  file("src/main.ts", {"@core/log", "@scope/pkg"});
  file("src/app/core/log.ts");
  file("src/app/pkg/other.ts");
  EXPECT_THAT(imports_of("src/main.ts"), ElementsAre("src/app/core/log.ts"));
}

TEST_F(ImportGraphTest, ResolvesWorkspacePackagesByName) {
  package(R"({"name":"web","dependencies":{"@x/ui":"*"}})", "apps/web");
  package(R"({"name":"@x/ui"})", "packages/ui");
  file("apps/web/a.ts", {"@x/ui", "@x/ui/button", "@x/ui/missing"});
  file("packages/ui/src/button.tsx");
  file("packages/ui/src/index.ts");
  EXPECT_THAT(imports_of("apps/web/a.ts"),
              ElementsAre("packages/ui/src/button.tsx", "packages/ui/src/index.ts"));
  EXPECT_THAT(aliases_, IsEmpty()) << "a package's name still counts as evidence";
}

TEST_F(ImportGraphTest, ResolvesLibraryFoldersOfOnePackage) {
  package(R"({"name":"nx","dependencies":{"@org/real":"1"}})", "");
  file("apps/web/src/a.ts", {"@org/shared-ui", "@org/geo", "@org/real"});
  file("libs/geo/src/index.ts");
  file("libs/real/src/index.ts");
  file("libs/shared/ui/src/index.ts");
  EXPECT_THAT(imports_of("apps/web/src/a.ts"),
              ElementsAre("libs/geo/src/index.ts", "libs/shared/ui/src/index.ts"));
}

TEST(PackageOfModuleTest, IsTheNameOrNothing) {
  EXPECT_EQ(package_of_module("react/jsx-runtime"), "react");
  EXPECT_EQ(package_of_module("@a/b/c"), "@a/b");
  for (const char* local : {"", ".", "./a", "../a", "/a", "@/a", "@a", "~/a", "#a/b", "$lib/a"})
    EXPECT_EQ(package_of_module(local), "") << local;
}

}  // namespace
}  // namespace palimpsest::ingest
