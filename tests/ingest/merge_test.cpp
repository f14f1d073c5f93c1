// Tasks and their merge: the same bytes as one run, for any split; and what is refused.
#include "ingest/merge.h"

#include <functional>

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
  MergeOptions run_tasks(
      const std::string& name, std::size_t tasks,
      const std::function<void(IngestOptions&)>& adapt = [](IngestOptions&) {}) const {
    MergeOptions merge;
    merge.run.out = directory_.path() / name;
    for (std::size_t task = tasks; task-- > 0;) {
      IngestOptions part = options(name + "-" + std::to_string(task), task, tasks);
      adapt(part);
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

TEST_F(MergeTest, CurationAcrossSourcesSurvivesTasks) {
  // Lists that differ in one number, in sources of different tasks; an address; a task of an evaluation.
  const auto list = [](const std::string& changed) {
    std::string text = "export const list = [";
    for (int i = 0; i < 60; ++i) text += i == 30 ? changed + ", " : std::to_string(i) + ", ";
    return text + "];\n";
  };
  for (const char* source : {"s0", "s2", "s3"})
    put_file(directory_.path() / source / "list.ts", list(std::string("'") + source + "'"));
  put_file(directory_.path() / "s1/mail.ts", "// by jane.roe@kiwi-mail.io\nexport const mail = 1;\n");
  const std::string task =
      "function f(a: number[]) {\n  return a.map((x) => x * 2).filter((x) => x > 3)[0];\n}\n";
  put_file(directory_.path() / "s4/task.ts", task);
  put_file(directory_.path() / "tasks.txt", task);
  for (const double threshold : {0.0, 0.7, 0.99}) {
    const auto adapt = [&](IngestOptions& options) {
      options.near_duplicates = threshold;
      options.decontaminate = {directory_.path() / "tasks.txt"};
    };
    const std::string name = "at" + std::to_string(threshold);
    IngestOptions whole = options(name + "whole");
    adapt(whole);
    whole.incremental = false;
    whole.run.threads = 1;
    const io::Json skips = run_ingest(whole, {}).counts.at("skips");
    EXPECT_EQ(skips.contains("near_duplicate"), threshold == 0.7) << skips;
    EXPECT_EQ(skips.at("contaminated").at("files"), 1);
    EXPECT_NE(io::read_file(whole.run.out / "secrets.jsonl"), "");
    for (const std::size_t tasks : {2U, 5U}) {  // the second takes over what the first left in the cache
      const std::string merged = name + "merged" + std::to_string(tasks);
      run_merge(run_tasks(merged, tasks, adapt));
      EXPECT_EQ(manifest(merged), manifest(name + "whole")) << tasks << " tasks";
    }
  }
}

TEST_F(MergeTest, CarriesFailedSources) {
  fs::remove_all(directory_.path() / "s3");
  IngestOptions whole = options("whole");
  const auto keep_going = [](IngestOptions& options) { options.keep_going = true; };
  keep_going(whole);
  run_ingest(whole, {});
  EXPECT_EQ(run_merge(run_tasks("merged", 2, keep_going)).counts.at("failed_sources"), 1);
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
