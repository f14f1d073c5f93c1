#include "ingest/jsonl_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/io/zstd.h"
#include "ingest/ingest.h"
#include "ingest/source.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;
using testing::ElementsAre;

constexpr const char* kRecords =
    R"({"text":"export const a = 1;\n","path":"src/a.ts","repo":"https://u:p@host/o/r"})"
    "\n"
    R"({"text":"export const b = <b/>;","language":"tsx"})"
    "\n\n"
    R"({"text":"x","path":"../evil.ts"})"
    "\n"
    R"({"text":"x","path":"readme.md"})"
    "\n"
    R"({"code":"x"})"
    "\n"
    "{ broken\n";

class JsonlSourceTest : public testing::Test {
 protected:
  SourceFiles read(const std::string& name, const std::string& field = "text") const {
    FileCollector collector = test::make_collector();
    read_jsonl(directory_.path() / name, field, collector);
    return collector.finish();
  }

  test::TemporaryDirectory directory_;
};

TEST_F(JsonlSourceTest, ReadsRecordsAndCountsTheRest) {
  test::put_file(directory_.path() / "r.jsonl", kRecords);
  io::ZstdWriter writer(directory_.path() / "r.jsonl.zst");
  writer.write(kRecords);
  writer.finish();
  for (const char* name : {"r.jsonl", "r.jsonl.zst"}) {
    const SourceFiles files = read(name);
    EXPECT_THAT(test::paths(files), ElementsAre("host/o/r/src/a.ts", "line-0000002.tsx"));
    EXPECT_EQ(files.files[0].repo, "host/o/r");
    EXPECT_THAT(test::reasons(files), ElementsAre("bad_json", "no_text_field", "unsafe_path"));
    EXPECT_EQ(files.other_files, 1U);
  }
  EXPECT_THAT(test::paths(read("r.jsonl", "code")), ElementsAre("line-0000006.ts"));
  EXPECT_EQ(code_of([&] { read("none.jsonl"); }), ErrorCode::kEnvironment);
}

TEST_F(JsonlSourceTest, AReadErrorIsNotTheEnd) {
  io::make_directories(directory_.path() / "folder.jsonl");  // can be opened, but not read
  EXPECT_EQ(code_of([&] { read("folder.jsonl"); }), ErrorCode::kEnvironment);
}

TEST_F(JsonlSourceTest, AFileThatChangesDuringTheRunIsRefused) {
  const auto file = directory_.path() / "r.jsonl";
  test::put_file(file, kRecords);
  AcquiredSource source = acquire(parse_source("jsonl:" + file.string()), {});
  test::put_file(file, std::string(kRecords) + kRecords);
  EXPECT_EQ(code_of([&] { read_source(source, {}); }), ErrorCode::kBadData);
}

TEST_F(JsonlSourceTest, OurOwnDocumentsCanBeASource) {
  test::put_file(directory_.path() / "r.jsonl", kRecords);
  const auto source = "jsonl:" + (directory_.path() / "r.jsonl").string();
  run_ingest(test::run_options(directory_.path(), "first", {source}), {});
  const auto first = test::read_documents(directory_.path() / "first");
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].repo, "host/o/r");
  EXPECT_EQ(first[1].repo, "r.jsonl");
  EXPECT_EQ(first[1].source.kind, "jsonl");
  const auto part = "jsonl:" + (directory_.path() / "first/documents-00000.jsonl.zst").string();
  run_ingest(test::run_options(directory_.path(), "second", {part}), {});
  EXPECT_EQ(test::read_documents(directory_.path() / "second").size(), 2U);
}

}  // namespace
}  // namespace palimpsest::ingest
