#include "ingest/ingest.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/io/manifest.h"
#include "ingest/explain.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using test::code_of;
using test::make_tarball;
using test::put_file;
using test::read_documents;

std::vector<io::OutputFile> outputs(const fs::path& directory) {
  return io::read_manifest(directory, io::kDocumentsStage).outputs;
}

/// A folder with a small Nest application, a tarball, and a copy of one of its files.
class IngestTest : public testing::Test {
 protected:
  void SetUp() override {
    put_file(folder() / "app/package.json",
             R"({"name":"app","license":"MIT","dependencies":{"@nestjs/common":"1"}})");
    put_file(folder() / "app/src/a.service.ts",
             "// SPDX-License-Identifier: ISC\nimport { Injectable } from "
             "'@nestjs/common';\n@Injectable()\nexport class A {}\n");
    put_file(folder() / "app/src/view.tsx",
             "import React from 'react';\nexport const V = () => <b>&amp;</b>;\n");
    put_file(folder() / "app/src/copy.ts", "export const same = 1;\n");
    put_file(folder() / "app/src/bad.ts", "%% (( not [ typescript } at ' all ;;; <<<\n");
    put_file(folder() / "app/src/api.d.ts", "declare const a: number;\n");
    for (int i = 0; i < 40; ++i) {
      put_file(folder() / ("app/src/many/f" + std::to_string(i) + ".ts"),
               "export const f" + std::to_string(i) + " = 1;\n");
    }
    put_file(folder() / "p.tgz", make_tarball({{"package/package.json", R"({"name":"p","version":"1.0.0"})"},
                                               {"package/copy.ts", "export const same = 1;\n"},
                                               {"package/own.ts", "export const own = 1;\n"}}));
  }

  fs::path folder() const { return directory_.path(); }
  std::vector<std::string> sources() const {
    return {"dir:" + (folder() / "app").string(), "tgz:" + (folder() / "p.tgz").string()};
  }
  IngestOptions options(const std::string& name) const {
    return test::run_options(folder(), name, sources());
  }

  test::TemporaryDirectory directory_;
};

TEST_F(IngestTest, WritesLabelledDocuments) {
  run_ingest(options("out"), {});
  const std::vector<io::Document> documents = read_documents(folder() / "out");
  ASSERT_EQ(documents.size(), 44U);
  EXPECT_EQ(documents[0].path, "src/a.service.ts");
  EXPECT_EQ(documents[0].framework.label, "nestjs");
  EXPECT_EQ(documents[0].license.spdx, "ISC");
  EXPECT_EQ(documents[0].license.evidence, "header");
  EXPECT_EQ(documents[0].repo, "app");
  EXPECT_EQ(documents[0].source.kind, "dir");
  EXPECT_EQ(documents[0].chunks.at(0).framework, "nestjs");
  EXPECT_EQ(documents[1].license.evidence, "package");
  EXPECT_EQ(documents[42].language, "tsx");
  EXPECT_EQ(documents[43].path, "own.ts");
  EXPECT_EQ(documents[43].source.kind, "npm");
  EXPECT_EQ(documents[43].source.revision, "1.0.0");
  EXPECT_EQ(documents[43].license.evidence, "none");
  std::set<std::string> ids;
  for (const io::Document& document : documents) ids.insert(document.id);
  EXPECT_EQ(ids.size(), documents.size());
}

TEST_F(IngestTest, CountsEverySkip) {
  const RunResult result = run_ingest(options("out"), {});
  EXPECT_EQ(result.counts.at("duplicates"), 1);
  EXPECT_EQ(result.counts.at("labels"), io::Json({"core", "nestjs", "nextjs", "react"}));
  EXPECT_EQ(result.counts.at("families").at("nextjs").at("files"), 0);
  EXPECT_EQ(result.counts.at("skips").at("declaration_file").at("files"), 1);
  EXPECT_EQ(result.counts.at("skips").at("syntax_errors").at("files"), 1);
  const std::string skipped = io::read_file(folder() / "out/skipped.jsonl");
  EXPECT_EQ(std::count(skipped.begin(), skipped.end(), '\n'), 3);
  const io::Json report = io::read_json(folder() / "out/report.json");
  EXPECT_EQ(report.at("by_source").size(), 2U);
}

TEST_F(IngestTest, ThreadsDoNotChangeTheOutput) {
  IngestOptions one = options("one");
  one.run.threads = 1;
  IngestOptions four = options("four");
  four.run.threads = 4;
  run_ingest(one, {});
  run_ingest(four, {});
  const auto first = outputs(one.run.out);
  const auto second = outputs(four.run.out);
  ASSERT_EQ(first.size(), 5U);
  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_EQ(first[i].sha256, second[i].sha256) << first[i].path;
}

TEST_F(IngestTest, ASecondRunDoesNothingUntilSomethingChanges) {
  EXPECT_FALSE(run_ingest(options("out"), {}).up_to_date);
  EXPECT_TRUE(run_ingest(options("out"), {}).up_to_date);
  put_file(folder() / "app/src/new.ts", "export const n = 2;\n");
  EXPECT_EQ(code_of([&] { run_ingest(options("out"), {}); }), ErrorCode::kUsage);
  IngestOptions again = options("out");
  again.run.overwrite = true;
  EXPECT_FALSE(run_ingest(again, {}).up_to_date);
  EXPECT_EQ(read_documents(folder() / "out").size(), 45U);
  again.frameworks = folder() / "table.toml";
  put_file(again.frameworks, "[[family]]\nlabel = \"all\"\ndefault = true\n");
  EXPECT_FALSE(run_ingest(again, {}).up_to_date) << "another table of frameworks";
  EXPECT_EQ(read_documents(folder() / "out").at(0).framework.label, "all");
}

TEST_F(IngestTest, AFailingSourceFailsTheRunUnlessToldToGoOn) {
  IngestOptions bad = options("out");
  bad.sources.push_back("dir:" + (folder() / "missing").string());
  EXPECT_EQ(code_of([&] { run_ingest(bad, {}); }), ErrorCode::kEnvironment);
  EXPECT_FALSE(fs::exists(folder() / "out/manifest.json"));
  bad.keep_going = true;
  const RunResult result = run_ingest(bad, {});
  EXPECT_EQ(result.counts.at("failed_sources"), 1);
  EXPECT_EQ(result.counts.at("files"), 44);
  EXPECT_EQ(io::read_json(folder() / "out/report.json").at("failed").size(), 1U);
  put_file(folder() / "missing/late.ts", "export const late = 1;\n");
  EXPECT_EQ(code_of([&] { run_ingest(bad, {}); }), ErrorCode::kUsage) << "the source is back: another input";
}

TEST_F(IngestTest, DamageAloneIsBadData) {
  const std::string good = io::read_file(folder() / "p.tgz");
  put_file(folder() / "p.tgz", good.substr(0, good.size() / 2));
  EXPECT_EQ(code_of([&] { run_ingest(options("out"), {}); }), ErrorCode::kBadData);
}

TEST_F(IngestTest, ACachedPackageNeedsNoNetwork) {
  const std::string archive = io::read_file(folder() / "p.tgz");
  put_file(folder() / "cache/npm/p-1.0.0.tgz", archive);
  const IngestOptions pinned = test::run_options(folder(), "out", {"npm:p@1.0.0"});
  EXPECT_EQ(run_ingest(pinned, {}).counts.at("files"), 2);
  EXPECT_EQ(read_documents(folder() / "out").at(0).repo, "p");
}

TEST_F(IngestTest, NothingUsableIsAnError) {
  put_file(folder() / "empty/readme.md", "x");
  const IngestOptions nothing = test::run_options(folder(), "out", {"dir:" + (folder() / "empty").string()});
  EXPECT_EQ(code_of([&] { run_ingest(nothing, {}); }), ErrorCode::kBadData);
}

TEST_F(IngestTest, ExplainsAFile) {
  const FrameworkTable table = load_frameworks({}).table;
  const std::string text = explain_file(folder() / "app/src/a.service.ts", table);
  EXPECT_NE(text.find("nestjs (confidence"), std::string::npos) << text;
  EXPECT_NE(text.find("import @nestjs/common"), std::string::npos) << text;
  EXPECT_NE(text.find("package app, depends on nestjs"), std::string::npos) << text;
  EXPECT_EQ(code_of([&] { explain_file(folder() / "none.ts", table); }), ErrorCode::kEnvironment);
  EXPECT_EQ(code_of([&] { explain_file(folder() / "p.tgz", table); }), ErrorCode::kBadData);
}

TEST(IngestOptionsTest, RefusesBadValues) {
  const IngestOptions good = test::run_options("x", "out", {"dir:x"});
  EXPECT_NO_THROW(validate(good));
  const auto refuses = [&](auto change) {
    IngestOptions options = good;
    change(options);
    EXPECT_EQ(code_of([&] { validate(options); }), ErrorCode::kUsage);
  };
  refuses([](IngestOptions& o) { o.sources.clear(); });
  refuses([](IngestOptions& o) { o.run.out.clear(); });
  refuses([](IngestOptions& o) { o.max_file_bytes = 0; });
  refuses([](IngestOptions& o) { o.max_file_bytes = 1ULL << 40; });
  refuses([](IngestOptions& o) { o.max_error_share = 1.5; });
  refuses([](IngestOptions& o) { o.chunk_chars = 1; });
  refuses([](IngestOptions& o) { o.git_timeout_s = 0; });
}

}  // namespace
}  // namespace palimpsest::ingest
