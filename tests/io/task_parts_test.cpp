#include "common/io/task_parts.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/stage.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

Manifest run_of(const std::string& input) {
  Manifest run;
  run.stage = "demo";
  run.tool_version = base::tool_version();
  run.config = {{"size", "3"}};
  run.inputs = {{"text", input}};
  return run;
}

class TaskPartsTest : public testing::Test {
 protected:
  /// Writes the manifest of a task's part.
  fs::path part(const std::string& name, TaskShare share, const std::string& input = "aa") {
    Manifest manifest = task_plan(run_of(input), "demo task", share);
    manifest.counts = {{"task", share.task}, {"of", share.of}};
    const fs::path directory = temporary_.path() / name;
    make_directories(directory);
    write_json(directory / kManifestName, to_json(manifest));
    return directory;
  }

  std::string refusal(const std::vector<fs::path>& directories) {
    try {
      read_task_parts(directories, "demo task");
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  }

  test::TemporaryDirectory temporary_;
};

TEST_F(TaskPartsTest, ThePlanOfARunComesBackFromItsTasks) {
  const auto parts = read_task_parts({part("b", {1, 2}), part("a", {0, 2})}, "demo task");
  ASSERT_EQ(parts.size(), 2U);
  for (const TaskPart& task : parts) {
    const Manifest run = run_plan(task.manifest, "demo");
    EXPECT_EQ(run.stage, "demo");
    EXPECT_EQ(run.config, run_of("aa").config);
    EXPECT_EQ(run.inputs, run_of("aa").inputs);
  }
}

TEST_F(TaskPartsTest, RefusesPartsThatDoNotMakeOneRun) {
  const fs::path first = part("first", {0, 2});
  EXPECT_NE(refusal({first}).find("1 of 2 tasks"), std::string::npos);
  EXPECT_NE(refusal({first, first}).find("the same task twice"), std::string::npos);
  EXPECT_NE(refusal({first, part("other", {1, 2}, "bb")}).find("different runs"), std::string::npos);
  EXPECT_NE(refusal({first, part("of-three", {1, 3})}).find("different runs"), std::string::npos);
}

}  // namespace
}  // namespace palimpsest::io
