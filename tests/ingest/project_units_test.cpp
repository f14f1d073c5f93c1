#include "ingest/project_units.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

PackageTree units(const PackageTree& packages,
                  const std::map<std::string, std::vector<std::string>>& imports) {
  std::vector<SyntaxFacts> facts;
  for (const auto& [path, modules] : imports) facts.push_back({.imports = modules});
  std::vector<FactFile> files;
  for (const auto& [path, modules] : imports) files.push_back({path, &facts[files.size()]});
  return project_units(packages, files);
}

std::vector<std::string> folders(const PackageTree& tree) {
  std::vector<std::string> result;
  for (const auto& [folder, unit] : tree.all()) result.push_back(folder);
  return result;
}

TEST(ProjectUnitsTest, WithoutPackagesFoldersWithSourcesAreUnits) {
  const PackageTree tree = units({}, {{"backend/main.ts", {"@nestjs/core"}},
                                      {"one/src/a.ts", {"react/jsx-runtime"}},
                                      {"lib/x.ts", {"./y"}}});
  EXPECT_THAT(folders(tree), ElementsAre("", "backend", "one"));
  EXPECT_THAT(tree.nearest("one/src/a.ts")->dependencies, ElementsAre("react"));
  EXPECT_THAT(units({}, {{"sub/next.config.ts", {}}, {"sub/app/page.tsx", {}}})
                  .nearest("sub/app/page.tsx")
                  ->directory,
              "sub");
}

TEST(ProjectUnitsTest, AMonorepoWithOnePackageIsSplit) {
  PackageTree packages;
  packages.add(parse_package(R"({"name":"nx","dependencies":{"next":"1","react":"1"}})", "", "p"));
  const PackageTree tree = units(
      packages,
      {{"apps/api/src/a.ts", {"@nestjs/core"}}, {"libs/shared/ui/src/b.ts", {"react"}}, {"src/c.ts", {}}});
  EXPECT_THAT(folders(tree), ElementsAre("", "apps/api", "libs/shared/ui"));
  EXPECT_THAT(tree.nearest("apps/api/src/a.ts")->dependencies, ElementsAre("@nestjs/core"));
  EXPECT_THAT(tree.nearest("src/c.ts")->dependencies, ElementsAre("next", "nx", "react"));
}

TEST(ProjectUnitsTest, APackageOfItsOwnIsAUnitAndAWorkspaceRootsListIsNotBelieved) {
  PackageTree packages;
  packages.add(parse_package(R"({"name":"r","workspaces":["p/*"],"dependencies":{"next":"1"}})", "", "p"));
  packages.add(parse_package(R"({"name":"a"})", "p/a", "p"));
  const PackageTree tree = units(packages, {{"p/a/src/a.ts", {"react"}},
                                            {"p/a/src/b.ts", {"react", "rare"}},
                                            {"p/a/src/c.ts", {}},
                                            {"p/a/src/d.ts", {}},
                                            {"script.ts", {"fs"}}});
  EXPECT_THAT(tree.nearest("p/a/src/c.ts")->dependencies, ElementsAre("a", "react"))
      << "half of its files import it";
  EXPECT_THAT(tree.nearest("script.ts")->dependencies, Not(Contains("next")));
  EXPECT_FALSE(tree.nearest("script.ts")->workspace_root);
}

}  // namespace
}  // namespace palimpsest::ingest
