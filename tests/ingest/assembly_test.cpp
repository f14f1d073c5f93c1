#include "ingest/assembly.h"

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// A list of numbers that differs from others of the same length in one place.
std::string list_text(int changed) {
  std::string text = "export const list = [\n";
  for (int i = 0; i < 60; ++i) text += "  " + std::to_string(i == changed ? 1000 : i) + ",\n";
  return text + "];\n";
}

SourceResult made(const std::string& name, const std::vector<std::pair<std::string, std::string>>& files) {
  SourceResult result{.source = "dir:" + name, .identity = {"dir", name, "0"}, .error = {}, .content = {}};
  for (const auto& [path, text] : files) {
    io::Document document;
    document.id = name + path;
    document.source = result.identity;
    document.repo = name;
    document.path = path;
    document.language = "typescript";
    document.framework.label = "core";
    document.text = text;
    result.content.documents.push_back(std::move(document));
  }
  return result;
}

class AssemblyTest : public testing::Test {
 protected:
  /// Assembles and publishes in folder NAME; the manifest's counts.
  io::Json assemble(const std::string& name, double near_duplicates, std::vector<SourceResult> results) {
    io::Manifest plan;
    plan.stage = io::kDocumentsStage;
    io::OutputDirectory output(directory_.path() / name, plan, false);
    Assembly assembly(output, {"core"}, near_duplicates);
    for (SourceResult& result : results) assembly.add(std::move(result));
    const io::Json counts = assembly.finish();
    output.publish(counts);
    return counts;
  }
  std::string read(const std::string& file) const { return io::read_file(directory_.path() / file); }

  test::TemporaryDirectory directory_;
};

TEST_F(AssemblyTest, TheFirstOfAllSourcesSurvives) {
  const io::Json counts =
      assemble("out", 0.7,
               {made("a", {{"x.ts", list_text(30)}, {"y.ts", "export const y = 1;\n"}}),
                made("b", {{"copy.ts", "export const y = 1;\n"}, {"near.ts", list_text(20)}}),
                made("c", {{"own.ts", "export const c = 3;\n"}, {"space.ts", "export const y=1;\n"}})});
  EXPECT_EQ(counts.at("files"), 3);
  EXPECT_EQ(counts.at("duplicates"), 3);
  const std::string skipped = read("out/skipped.jsonl");
  EXPECT_NE(skipped.find(R"("path":"copy.ts","reason":"duplicate","bytes":20,"same_as":"dir:a:y.ts")"),
            std::string::npos)
      << skipped;
  EXPECT_NE(skipped.find(R"("reason":"near_duplicate")"), std::string::npos);
  EXPECT_NE(skipped.find(R"("reason":"duplicate_without_space")"), std::string::npos);
  EXPECT_NE(
      read("out/duplicates.jsonl").find(R"({"survivor":"dir:a:x.ts","dropped":[{"file":"dir:b:near.ts")"),
      std::string::npos);
}

TEST_F(AssemblyTest, TheThresholdDecides) {
  const auto sources = [] {
    return std::vector{made("a", {{"x.ts", list_text(30)}}), made("b", {{"x.ts", list_text(20)}})};
  };
  EXPECT_EQ(assemble("none", 0, sources()).at("duplicates"), 0);
  EXPECT_EQ(assemble("high", 0.99, sources()).at("duplicates"), 0);
  EXPECT_EQ(assemble("low", 0.7, sources()).at("duplicates"), 1);
}

TEST_F(AssemblyTest, ListsSecretsOfAllButFailedSources) {
  SourceResult good = made("a", {{"x.ts", "export const x = 1;\n"}});
  good.content.secrets = {{"gone.ts", {{1, 5, SecretKind::kToken}}}};
  SourceResult failed = good;
  failed.error = "no network";
  assemble("out", 0.7, {failed, good});
  EXPECT_EQ(read("out/secrets.jsonl"),
            "{\"file\":\"dir:a:gone.ts\",\"kind\":\"token\",\"begin\":1,\"bytes\":4}\n");
  EXPECT_EQ(io::read_json(directory_.path() / "out/report.json").at("secrets").at("token"), 1);
}

TEST_F(AssemblyTest, NothingUsableIsAnError) {
  EXPECT_EQ(test::code_of([&] { assemble("out", 0.7, {made("a", {})}); }), base::ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::ingest
