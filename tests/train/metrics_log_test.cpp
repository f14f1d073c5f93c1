#include "train/metrics_log.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace palimpsest::train {
namespace {

class MetricsLogTest : public testing::Test {
 protected:
  void write(int first, int last) {
    MetricsLog log(run(), "m", first);
    for (int step = first; step < last; ++step)
      log.write({{"kind", "step"}, {"step", step}, {"x", step / 7.0}});
  }
  const std::filesystem::path& run() const { return directory_.path(); }
  std::filesystem::path lines() const { return run() / "m.jsonl"; }
  std::filesystem::path events() const { return event_file(run(), "m"); }

  test::TemporaryDirectory directory_;
};

TEST_F(MetricsLogTest, AResumedRunWritesTheLostStepsAgainAndNoneTwice) {
  write(0, 5);
  const std::string whole_lines = io::read_file(lines());
  const std::string whole_events = io::read_file(events());
  // Killed in the middle of a line and of an event, after a checkpoint at step 3.
  for (std::size_t lost = 0; lost < 40; ++lost) {
    io::write_file_atomically(lines(), whole_lines.substr(0, whole_lines.size() - lost % 20));
    io::write_file_atomically(events(), whole_events.substr(0, whole_events.size() - lost));
    write(3, 5);
    EXPECT_EQ(io::read_file(lines()), whole_lines);
    EXPECT_EQ(io::read_file(events()), whole_events);
  }
}

TEST_F(MetricsLogTest, LostEventsAreMadeAgainFromTheLines) {
  write(0, 5);
  const std::string events_before = io::read_file(events());
  std::filesystem::remove_all(run() / "tensorboard");
  write(5, 5);
  EXPECT_EQ(io::read_file(events()), events_before);
}

}  // namespace
}  // namespace palimpsest::train
