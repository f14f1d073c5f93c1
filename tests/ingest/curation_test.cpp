// What options of curation do to the output of a run.

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "ingest/ingest.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

std::string function_text(const std::string& name) {
  return "export function " + name +
         "(list: number[]): number {\n  let sum = 0;\n  for (const item of list) {\n    if (item > 3) sum += "
         "item * 2;\n"
         "    else sum -= item;\n  }\n  return sum;\n}\n";
}

class CurationTest : public testing::Test {
 protected:
  void SetUp() override {
    test::put_file(folder() / "app/package.json", R"({"name":"app","license":"MIT"})");
    test::put_file(folder() / "app/a.ts", "// by jane.roe@kiwi-mail.io\nexport const a = 1;\n");
    test::put_file(folder() / "app/b.ts", "// SPDX-License-Identifier: GPL-3.0\nexport const b = 2;\n");
    test::put_file(folder() / "app/c.ts", function_text("total"));
  }
  fs::path folder() const { return directory_.path(); }
  IngestOptions options() const {
    return test::run_options(folder(), "out", {"dir:" + (folder() / "app").string()});
  }
  std::string skipped() const { return io::read_file(folder() / "out/skipped.jsonl"); }

  test::TemporaryDirectory directory_;
};

TEST_F(CurationTest, RedactsByDefaultAndListsWhere) {
  run_ingest(options(), {});
  const std::vector<io::Document> documents = test::read_documents(folder() / "out");
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(documents[0].text, "// by xxxx.xxx@xxxx-xxxx.xx\nexport const a = 1;\n");
  const std::string log = io::read_file(folder() / "out/secrets.jsonl");
  EXPECT_NE(log.find(R"("kind":"email","begin":6,"bytes":21)"), std::string::npos) << log;
  EXPECT_EQ(log.find("jane"), std::string::npos);
}

TEST_F(CurationTest, ReportChangesNothing) {
  IngestOptions report = options();
  report.secrets = "report";
  run_ingest(report, {});
  EXPECT_NE(test::read_documents(folder() / "out")[0].text.find("jane"), std::string::npos);
  EXPECT_NE(io::read_file(folder() / "out/secrets.jsonl"), "");
}

TEST_F(CurationTest, KeepsOnlyAllowedLicences) {
  IngestOptions permissive = options();
  permissive.licenses = "MIT,ISC";
  run_ingest(permissive, {});
  EXPECT_EQ(test::read_documents(folder() / "out").size(), 2U);
  EXPECT_NE(skipped().find(R"("reason":"license")"), std::string::npos);
}

TEST_F(CurationTest, DropsFilesThatHoldATask) {
  test::put_file(folder() / "tasks.txt", function_text("score"));
  IngestOptions clean = options();
  clean.decontaminate = {folder() / "tasks.txt"};
  run_ingest(clean, {});
  EXPECT_EQ(test::read_documents(folder() / "out").size(), 2U);
  EXPECT_NE(skipped().find(R"("reason":"contaminated")"), std::string::npos);
  EXPECT_NE(skipped().find(R"("same_as":"tasks.txt")"), std::string::npos);
}

TEST_F(CurationTest, RefusesBadOptions) {
  IngestOptions bad = options();
  bad.secrets = "maybe";
  EXPECT_EQ(test::code_of([&] { validate(bad); }), base::ErrorCode::kUsage);
  bad = options();
  bad.near_duplicates = 1.5;
  EXPECT_EQ(test::code_of([&] { validate(bad); }), base::ErrorCode::kUsage);
}

}  // namespace
}  // namespace palimpsest::ingest
