// Tasks and their merge: the same bytes as one run, for any split; and what is refused.
#include "ingest/merge.h"

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/io/manifest.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using test::code_of;
using test::put_file;

/// Five folders of different size that share files.
class MergeTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int source = 0; source < 5; ++source) {
      const fs::path folder = directory_.path() / ("s" + std::to_string(source));
      put_file(folder / "package.json", R"({"name":"s","dependencies":{"react":"18"}})");
      put_file(folder / "shared.ts", "export const shared = " + std::to_string(source % 2) + ";\n");
      put_file(folder / "api.d.ts", "declare const a: number;\n");
      for (int file = 0; file <= source; ++file) {
        put_file(folder / ("f" + std::to_string(file) + ".ts"),
                 "export const own = [" + std::to_string(source * 10 + file) + "];\n");
      }
    }
  }

  IngestOptions options(const std::string& name, std::size_t task = 0, std::size_t tasks = 1) const {
    std::vector<std::string> sources;
    for (int source = 0; source < 5; ++source)
      sources.push_back("dir:" + (directory_.path() / ("s" + std::to_string(source))).string());
    IngestOptions options = test::run_options(directory_.path(), name, std::move(sources));
    options.task = task;
    options.tasks = tasks;
    return options;
  }

  /// Runs all tasks; their directories, last first.
  MergeOptions run_tasks(const std::string& name, std::size_t tasks, bool keep_going = false) const {
    MergeOptions merge;
    merge.run.out = directory_.path() / name;
    for (std::size_t task = tasks; task-- > 0;) {
      IngestOptions part = options(name + "-" + std::to_string(task), task, tasks);
      part.keep_going = keep_going;
      run_ingest(part, {});
      merge.parts.push_back(part.run.out);
    }
    return merge;
  }

  std::string manifest(const std::string& name) const {
    return io::read_file(directory_.path() / name / io::kManifestName);
  }

  test::TemporaryDirectory directory_;
};

TEST_F(MergeTest, AnySplitGivesTheBytesOfOneRun) {
  run_ingest(options("whole"), {});
  for (const std::size_t tasks : {2U, 3U, 7U}) {
    const std::string name = "merged" + std::to_string(tasks);
    const MergeOptions merge = run_tasks(name, tasks);
    EXPECT_FALSE(run_merge(merge).up_to_date);
    EXPECT_EQ(manifest(name), manifest("whole")) << tasks << " tasks";
    EXPECT_TRUE(run_merge(merge).up_to_date);
  }
}

TEST_F(MergeTest, CarriesFailedSources) {
  fs::remove_all(directory_.path() / "s3");
  IngestOptions whole = options("whole");
  whole.keep_going = true;
  run_ingest(whole, {});
  EXPECT_EQ(run_merge(run_tasks("merged", 2, true)).counts.at("failed_sources"), 1);
  EXPECT_EQ(manifest("merged"), manifest("whole"));
}

TEST_F(MergeTest, RefusesWhatIsNoCompleteRun) {
  const MergeOptions good = run_tasks("merged", 2);
  MergeOptions bad = good;
  bad.parts.pop_back();
  EXPECT_EQ(code_of([&] { run_merge(bad); }), ErrorCode::kUsage) << "a task is missing";
  bad.parts.push_back(bad.parts.front());
  EXPECT_EQ(code_of([&] { run_merge(bad); }), ErrorCode::kUsage) << "a task twice";
  bad.parts.back() = run_tasks("other", 3).parts.back();
  EXPECT_EQ(code_of([&] { run_merge(bad); }), ErrorCode::kBadData) << "another run";
  run_ingest(options("whole"), {});
  bad.parts.back() = directory_.path() / "whole";
  EXPECT_EQ(code_of([&] { run_merge(bad); }), ErrorCode::kBadData) << "documents, no part";
  const fs::path file =
      good.parts.front() / io::read_manifest(good.parts.front(), "ingest task").outputs[0].path;
  const std::string bytes = io::read_file(file);
  put_file(file, bytes.substr(0, bytes.size() - 1));
  EXPECT_EQ(code_of([&] { run_merge(good); }), ErrorCode::kBadData) << "damage";
}

}  // namespace
}  // namespace palimpsest::ingest
