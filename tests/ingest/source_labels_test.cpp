#include "ingest/source_labels.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

using Imports = std::map<std::string, std::vector<std::string>>;  // modules of each file

/// By path, for packages given as folder and package.json.
std::map<std::string, io::Framework> label_all(const std::map<std::string, std::string>& packages,
                                               const Imports& imports) {
  static const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  PackageTree tree;
  for (const auto& [folder, json] : packages) tree.add(parse_package(json, folder, "p"));
  std::map<std::string, SyntaxFacts> facts;
  std::vector<FactFile> files;
  files.reserve(imports.size());
  for (const auto& [path, modules] : imports)
    files.push_back({path, &facts.emplace(path, SyntaxFacts{.imports = modules}).first->second});
  const std::vector<io::Framework> labels = label_source(table, tree, files);
  std::map<std::string, io::Framework> result;
  for (std::size_t i = 0; i < files.size(); ++i) result[std::string(files[i].path)] = labels[i];
  return result;
}

/// The same for one package with the given dependencies.
std::map<std::string, io::Framework> label(const std::string& dependencies, const Imports& imports) {
  return label_all({{"", R"({"name":"n","dependencies":)" + dependencies + "}"}}, imports);
}

TEST(SourceLabelsTest, FilesWithoutSignalTakeTheLabelOfTheirNeighbours) {
  const auto labels = label(R"({"@nestjs/common":"1"})", {{"a.ts", {"@nestjs/common", "./util"}},
                                                          {"b.ts", {"@nestjs/core", "./util"}},
                                                          {"fs.ts", {"node:fs"}},
                                                          {"util.ts", {"./far"}},
                                                          {"far.ts", {}}});
  EXPECT_EQ(labels.at("util.ts").label, "nestjs");
  EXPECT_THAT(labels.at("util.ts").evidence, ElementsAre("graph 2 of 3 neighbours"));
  EXPECT_EQ(labels.at("far.ts").label, "nestjs") << "by the second round";
  EXPECT_LT(labels.at("far.ts").confidence, labels.at("util.ts").confidence);
  EXPECT_EQ(labels.at("fs.ts").label, "core") << "it says something itself";
}

TEST(SourceLabelsTest, ASplitVoteDecidesNothing) {
  const auto labels =
      label("{}", {{"a.ts", {"@nestjs/common", "./u"}}, {"b.ts", {"react", "./u"}}, {"u.ts", {}}});
  EXPECT_EQ(labels.at("u.ts").label, "core");
}

TEST(SourceLabelsTest, LonelyFilesTakeTheLabelOfAClearPackage) {
  const auto labels = label(R"({"@nestjs/common":"1"})",
                            {{"a.ts", {"@nestjs/common"}}, {"b.ts", {"@nestjs/core"}}, {"c.ts", {}}});
  EXPECT_EQ(labels.at("c.ts").label, "nestjs");
  EXPECT_EQ(labels.at("c.ts").package_label, "nestjs");
  EXPECT_THAT(labels.at("c.ts").evidence, ElementsAre(StartsWith("package ")));
}

TEST(SourceLabelsTest, AMixedPackageGivesNothingAway) {
  const auto labels =
      label(R"({"react":"1"})", {{"a.ts", {"react"}}, {"b.ts", {}}, {"c.ts", {}}, {"d.ts", {}}});
  EXPECT_EQ(labels.at("b.ts").label, "core");
  EXPECT_EQ(labels.at("b.ts").package_label, "core");
}

TEST(SourceLabelsTest, WhatManyFilesImportIsADependencyWithoutBeingStated) {
  const auto labels = label(R"({"lodash":"1"})", {{"a.ts", {"react"}}, {"b.ts", {"react"}}, {"c.ts", {}}});
  EXPECT_EQ(labels.at("c.ts").label, "react");
}

TEST(SourceLabelsTest, WhoImportsALibraryOfAnotherPackageSaysNothingAboutIt) {
  static const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  PackageTree packages;
  packages.add(parse_package(R"({"name":"api","dependencies":{"@nestjs/common":"1"}})", "api", "p"));
  packages.add(parse_package(R"({"name":"@x/kit"})", "kit", "p"));
  const SyntaxFacts nest{.imports = {"@nestjs/common", "@x/kit"}};
  const SyntaxFacts none;
  const auto labels = label_source(table, packages, {{"api/a.ts", &nest}, {"kit/index.ts", &none}});
  EXPECT_EQ(labels[0].label, "nestjs");
  EXPECT_EQ(labels[1].label, "core");
}

TEST(SourceLabelsTest, ReactFilesCountForANextPackage) {
  const auto labels =
      label(R"({"next":"1","react":"1"})",
            {{"a.ts", {"next/link"}}, {"b.ts", {"react"}}, {"c.ts", {"react"}}, {"d.ts", {}}});
  EXPECT_EQ(labels.at("d.ts").package_label, "nextjs");
  EXPECT_EQ(labels.at("d.ts").label, "nextjs");
  EXPECT_EQ(labels.at("b.ts").label, "react");
}

std::map<std::string, std::string> label_tree(const std::map<std::string, std::string>& packages,
                                              const Imports& imports) {
  std::map<std::string, std::string> names;
  for (const auto& [path, framework] : label_all(packages, imports)) names[path] = framework.label;
  return names;
}

TEST(SourceLabelsTest, InACorePackageItsFewReactFilesSayNothingAboutWhatTheyUse) {
  const auto labels = label_tree(
      {{"",
        R"({"name":"store","peerDependencies":{"react":"1"},"peerDependenciesMeta":{"react":{"optional":true}}})"}},
      {{"src/bind/use.ts", {"react", "../slice", "../get"}},
       {"src/slice.ts", {"redux", "./get"}},
       {"src/get.ts", {}},
       {"src/a.ts", {"./get"}},
       {"src/b.ts", {}}});
  EXPECT_EQ(labels.at("src/bind/use.ts"), "react");
  EXPECT_EQ(labels.at("src/get.ts"), "core") << "one user of three is React";
  EXPECT_EQ(labels.at("src/slice.ts"), "core") << "a hint alone is not enough there";
}

TEST(SourceLabelsTest, APeerThatIsNeededMakesALibraryOfTheFamily) {
  const std::map<std::string, std::vector<std::string>> files = {{"src/use.ts", {"react", "./get"}},
                                                                 {"src/field.ts", {"react"}},
                                                                 {"src/get.ts", {}},
                                                                 {"src/a.ts", {}},
                                                                 {"src/b.ts", {}},
                                                                 {"src/c.ts", {}},
                                                                 {"src/d.ts", {}}};
  EXPECT_EQ(label_tree({{"", R"({"name":"f","peerDependencies":{"react":"1"}})"}}, files).at("src/a.ts"),
            "react");
  EXPECT_EQ(label_tree({{"", R"({"name":"f","dependencies":{"react":"1"}})"}}, files).at("src/a.ts"), "core");
}

TEST(SourceLabelsTest, AToolBesideATemplateIsNotTheTemplate) {
  std::map<std::string, std::vector<std::string>> files;
  for (const char* page : {"home", "about", "help", "shop", "cart", "terms", "news", "blog"})
    files[std::string("template/src/") + page + ".ts"] = {"next/link", "react"};
  files["cli/main.ts"] = {};
  for (const char* step : {"git", "log", "ask", "copy", "name", "npm", "tty", "end"}) {
    files["cli/main.ts"].push_back(std::string("./") + step);
    files[std::string("cli/") + step + ".ts"] = {"chalk"};
  }
  const auto tool = label_tree({{"", R"({"name":"create-x","devDependencies":{"next":"1"}})"}}, files);
  EXPECT_EQ(tool.at("cli/main.ts"), "core");
  EXPECT_EQ(tool.at("cli/git.ts"), "core");
  const auto application = label_tree({{"", R"({"name":"x","dependencies":{"next":"1"}})"}}, files);
  EXPECT_EQ(application.at("cli/git.ts"), "nextjs") << "an application's helpers";
}

TEST(SourceLabelsTest, FixturesDoNotSpeakForTheirPackage) {
  const auto labels = label_tree({{"", R"({"name":"codemod","devDependencies":{"react":"1"}})"}},
                                 {{"src/run.ts", {"./walk"}},
                                  {"src/walk.ts", {"jscodeshift"}},
                                  {"test/__fixtures__/a.tsx", {"react"}},
                                  {"test/__fixtures__/b.tsx", {"react"}},
                                  {"test/__fixtures__/c.tsx", {"react"}}});
  EXPECT_EQ(labels.at("src/run.ts"), "core");
  EXPECT_EQ(labels.at("test/__fixtures__/a.tsx"), "react");
}

TEST(SourceLabelsTest, WhatAThirdOfTheFilesShowIsThereWithoutBeingStated) {
  const auto labels = label_tree({{"", R"({"name":"app","dependencies":{"moti":"1"}})"}},
                                 {{"home.ts", {"react-native"}},
                                  {"nav.ts", {"@react-navigation/native"}},
                                  {"area.native.ts", {"react-native-safe-area-context"}},
                                  {"area.ts", {}},
                                  {"index.ts", {}},
                                  {"text.ts", {}}});
  EXPECT_EQ(labels.at("area.ts"), "react");
  EXPECT_EQ(labels.at("text.ts"), "react");
}

}  // namespace
}  // namespace palimpsest::ingest
