#include "train/metrics_log.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace palimpsest::train {
namespace {

TEST(MetricsLogTest, AResumedRunWritesTheLostStepsAgainAndNoneTwice) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "m.jsonl";
  {
    MetricsLog log(directory.path(), "m.jsonl", 0);
    for (int step = 0; step < 5; ++step) log.write({{"step", step}});
  }
  const std::string whole = io::read_file(path);
  {
    // Killed in the middle of a line, after a checkpoint at step 3.
    io::write_file_atomically(path, whole.substr(0, whole.size() - 4));
    MetricsLog log(directory.path(), "m.jsonl", 3);
    for (int step = 3; step < 5; ++step) log.write({{"step", step}});
  }
  EXPECT_EQ(io::read_file(path), whole);
}

}  // namespace
}  // namespace palimpsest::train
