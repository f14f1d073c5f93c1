#include "common/io/output_directory.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/io/resumable_directory.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

class OutputDirectoryTest : public testing::Test {
 protected:
  static Manifest plan(const std::string& size) { return {.stage = "sample go", .config = {{"size", size}}}; }

  void publish(const std::string& size, bool overwrite = false) {
    OutputDirectory output(out_, plan(size), overwrite);
    write_file_atomically(output.partial_path("sub/data"), "content " + size);
    output.publish({{"files", 1}});
  }

  test::TemporaryDirectory directory_;
  fs::path out_ = directory_.path() / "out";
};

TEST_F(OutputDirectoryTest, PublishesFilesAndManifestAndIsThenUpToDate) {
  publish("1");
  const Manifest manifest = read_manifest(out_, "sample go");
  ASSERT_EQ(manifest.outputs.size(), 1U);
  EXPECT_EQ(manifest.outputs[0].path, "sub/data");
  EXPECT_NO_THROW(verify_output(out_, manifest.outputs[0]));
  EXPECT_TRUE(OutputDirectory(out_, plan("1"), false).up_to_date());
  EXPECT_TRUE(OutputDirectory(out_, plan("1"), true).up_to_date());
}

TEST_F(OutputDirectoryTest, AnotherPlanIsRefusedUnlessOverwritten) {
  publish("1");
  EXPECT_THROW(OutputDirectory(out_, plan("2"), false), base::Error);
  EXPECT_EQ(read_file(out_ / "sub/data"), "content 1");
  publish("2", true);
  EXPECT_EQ(read_file(out_ / "sub/data"), "content 2");
}

TEST_F(OutputDirectoryTest, AnAbandonedRunLeavesNothing) {
  {
    OutputDirectory output(out_, plan("1"), false);
    write_file_atomically(output.partial_path("data"), "half");
  }
  EXPECT_FALSE(fs::exists(out_ / "data"));
  EXPECT_FALSE(fs::exists(out_ / kManifestName));
  publish("1");
}

TEST_F(OutputDirectoryTest, WhatAKilledRunBeganToWriteIsRemoved) {
  publish("1");
  write_file_atomically(out_ / ".timings.json.partial", "{");
  write_file_atomically(out_ / "manifest.json.partial", "{");
  EXPECT_TRUE(OutputDirectory(out_, plan("1"), false).up_to_date());
  EXPECT_FALSE(fs::exists(out_ / ".timings.json.partial"));
  EXPECT_FALSE(fs::exists(out_ / "manifest.json.partial"));
}

TEST_F(OutputDirectoryTest, TwoWritersAtOnceAreRefused) {
  const OutputDirectory first(out_, plan("1"), false);
  EXPECT_THROW(OutputDirectory(out_, plan("1"), false), base::Error);
}

TEST_F(OutputDirectoryTest, SomebodyElsesFilesAreSafe) {
  fs::create_directories(out_);
  write_file_atomically(out_ / "thesis.tex", "years of work");
  EXPECT_THROW(OutputDirectory(out_, plan("1"), true), base::Error);
  EXPECT_THROW(ResumableDirectory(out_, plan("1"), true), base::Error);
  EXPECT_EQ(read_file(out_ / "thesis.tex"), "years of work");
}

TEST_F(OutputDirectoryTest, AKilledPublicationIsRolledBackByTheNextRun) {
  publish("1");
  // As if killed after the renames and before the manifest.
  fs::rename(out_ / kManifestName, out_ / ".publishing.json");
  publish("1");
  EXPECT_EQ(read_file(out_ / "sub/data"), "content 1");
  // As if killed while the old output was being removed.
  fs::rename(out_ / kManifestName, out_ / ".retired.json");
  publish("2");
  EXPECT_EQ(read_file(out_ / "sub/data"), "content 2");
  EXPECT_FALSE(fs::exists(out_ / ".retired.json"));
}

TEST_F(OutputDirectoryTest, DamageIsFoundByDigestAndSize) {
  publish("1");
  const OutputFile file = read_manifest(out_, "sample go").outputs[0];
  write_file_atomically(out_ / "sub/data", "content 7");
  EXPECT_THROW(verify_output(out_, file), base::Error);
  write_file_atomically(out_ / "sub/data", "c");
  EXPECT_THROW(verify_output(out_, file), base::Error);
  fs::remove(out_ / "sub/data");
  EXPECT_THROW(verify_output(out_, file), base::Error);
}

TEST_F(OutputDirectoryTest, AManifestCannotPointOutOfItsDirectory) {
  publish("1");
  Json json = read_json(out_ / kManifestName);
  for (const char* path : {"../thesis.tex", "/etc/passwd", "a/../../b", ""}) {
    json["outputs"][0]["path"] = path;
    EXPECT_THROW(parse_manifest(json, "m"), base::Error) << path;
  }
}

TEST_F(OutputDirectoryTest, ResumableRunsGoOnWithTheSamePlanOnly) {
  {
    const ResumableDirectory first(out_, plan("1"), false);
    write_file_atomically(out_ / "checkpoint", "step 5");
  }
  {
    const ResumableDirectory again(out_, plan("1"), false);
    EXPECT_FALSE(again.up_to_date());
    EXPECT_EQ(read_file(out_ / "checkpoint"), "step 5");
  }
  EXPECT_THROW(ResumableDirectory(out_, plan("2"), false), base::Error);
  ResumableDirectory other(out_, plan("2"), true);
  EXPECT_FALSE(fs::exists(out_ / "checkpoint"));
  write_file_atomically(out_ / "checkpoint", "step 6");
  other.publish({});
  EXPECT_EQ(read_manifest(out_, "sample go").outputs.size(), 1U);
}

TEST_F(OutputDirectoryTest, AFinishedResumableRunIsUpToDate) {
  ResumableDirectory(out_, plan("1"), false).publish({});
  EXPECT_TRUE(ResumableDirectory(out_, plan("1"), false).up_to_date());
}

}  // namespace
}  // namespace palimpsest::io
