// What options of curation do to the output of a run.

#include <gtest/gtest.h>

#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/io/json.h"
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

std::string isc_text() {
  const std::string file = std::string(PALIMPSEST_SPDX_DIR) + "/ISC.json";
  return io::parse_json(io::read_file(file), file).at("licenseText");
}

/// `path license evidence` of each document.
std::vector<std::string> licenses(const fs::path& out) {
  std::vector<std::string> lines;
  for (const io::Document& document : test::read_documents(out))
    lines.push_back(document.path + " " + document.license.spdx + " " + document.license.evidence);
  return lines;
}

TEST_F(CurationTest, TheLicenceTextCountsWhereNothingElseIsStated) {
  test::put_file(folder() / "app/package.json", R"({"name":"app"})");
  test::put_file(folder() / "app/LICENSE", isc_text());
  test::put_file(folder() / "app/packages/mit/package.json", R"({"name":"mit","license":"MIT"})");
  test::put_file(folder() / "app/packages/mit/m.ts", "export const m = /SPDX-License-Identifier: (.*)/;\n");
  test::put_file(folder() / "app/packages/scaffold/package.json", R"({"name":"s","license":"UNLICENSED"})");
  test::put_file(folder() / "app/packages/scaffold/s.ts", "export const s = 1;\n");
  test::put_file(folder() / "app/packages/secret/COPYING.txt", "Ask us before you use any of this.");
  test::put_file(folder() / "app/packages/secret/x.ts", "export const x = 1;\n");
  const std::vector<std::string> expected = {"a.ts ISC repository",
                                             "b.ts GPL-3.0 header",
                                             "c.ts ISC repository",
                                             "packages/mit/m.ts MIT package",
                                             "packages/scaffold/s.ts ISC repository",
                                             "packages/secret/x.ts  none"};
  run_ingest(options(), {});
  EXPECT_EQ(licenses(folder() / "out"), expected);
  IngestOptions permissive = options();
  permissive.run.out = folder() / "isc";
  permissive.licenses = "ISC";
  run_ingest(permissive, {{"licenses", "ISC"}});
  EXPECT_EQ(test::read_documents(folder() / "isc").size(), 3U);
}

TEST_F(CurationTest, LicenceTextsCountInEveryKindOfSource) {
  test::put_file(folder() / "p.tgz",
                 test::make_tarball({{"package/package.json", R"({"name":"p","version":"1.0.0"})"},
                                     {"package/license", isc_text()},
                                     {"package/p.ts", "export const p = 1;\n"}}));
  test::put_file(folder() / "g/LICENCE.md", isc_text());
  test::put_file(folder() / "g/g.ts", "export const g = 1;\n");
  test::git(folder() / "g", "init -q");
  test::git(folder() / "g", "add -A");
  test::git(folder() / "g", "-c user.name=T -c user.email=t@example.com commit -qm x");
  run_ingest(test::run_options(folder(), "out",
                               {"tgz:" + (folder() / "p.tgz").string(), "git:" + (folder() / "g").string()}),
             {});
  EXPECT_EQ(licenses(folder() / "out"),
            (std::vector<std::string>{"p.ts ISC repository", "g.ts ISC repository"}));
}

TEST_F(CurationTest, Utf16BecomesUtf8) {
  using namespace std::string_literals;
  std::string bytes = "\xFF\xFE"s;
  for (const char c : std::string("export const d = 1;\r\n")) bytes += std::string(1, c) + "\0"s;
  test::put_file(folder() / "app/d.ts", bytes);
  test::put_file(folder() / "app/e.ts", bytes.substr(0, bytes.size() - 1));
  run_ingest(options(), {});
  const std::vector<io::Document> documents = test::read_documents(folder() / "out");
  ASSERT_EQ(documents.size(), 4U);
  EXPECT_EQ(documents[3].text, "export const d = 1;\r\n");
  EXPECT_EQ(documents[3].encoding, "utf-16le");
  EXPECT_EQ(documents[3].blob, base::sha256_hex(bytes)) << "of the source's bytes";
  EXPECT_EQ(documents[0].encoding, "");
  EXPECT_NE(skipped().find(R"("path":"e.ts","reason":"utf16")"), std::string::npos) << "damaged";
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
