#include "evaluate/report/metrics_columns.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::evaluate {
namespace {

class MetricsColumnsTest : public testing::Test {
 protected:
  MetricsColumns read(const std::string& content) const {
    const auto path = directory_.path() / "metrics.jsonl";
    io::write_file_atomically(path, content);
    return read_metrics_columns(path);
  }

  test::TemporaryDirectory directory_;
};

TEST_F(MetricsColumnsTest, EveryNumberIsAColumn) {
  const MetricsColumns log =
      read(R"({"kind":"step","step":0,"stage":"a","nelbo":7.5,"routers":[{"layer":1,"load":[0.25,0.75]}]})"
           "\n"
           R"({"kind":"step","step":1,"stage":"b","nelbo":7,"new_field":{"deep":{"er":3}}})"
           "\n"
           R"({"kind":"validation","step":1,"bits_per_byte":2.5})"
           "\n"
           R"({"kind":"of a later version","step":9})"
           "\n");
  EXPECT_EQ(log.step_column("routers.0.load.1").at(0).value, 0.75);
  EXPECT_EQ(log.step_column("nelbo").size(), 2U);
  EXPECT_EQ(log.step_column("new_field.deep.er").at(0).step, 1);
  EXPECT_EQ(log.validation_column("bits_per_byte").at(0).value, 2.5);
  EXPECT_TRUE(log.step_column("bits_per_byte").empty());
  ASSERT_EQ(log.stages.size(), 2U);
  EXPECT_EQ(log.stages[1].name, "b");
  EXPECT_EQ(log.stages[1].step, 1);
  EXPECT_EQ(log.last_step, 1);
}

TEST_F(MetricsColumnsTest, NullAndNanAreGaps) {
  const MetricsColumns log = read(
      "{\"kind\":\"step\",\"step\":0,\"nelbo\":null}\n"
      "{\"kind\":\"step\",\"step\":1,\"nelbo\":NaN,\"x\":-Infinity,\"name\":\"NaN\"}\n"
      "{\"kind\":\"step\",\"step\":2,\"nelbo\":1}\n");
  EXPECT_EQ(log.not_finite, 2U);
  ASSERT_EQ(log.step_column("nelbo").size(), 3U);
  EXPECT_TRUE(std::isnan(log.step_column("nelbo")[1].value));
}

TEST_F(MetricsColumnsTest, AStepThatOccursTwiceCountsAsTheLaterLineSays) {
  const MetricsColumns log = read(
      "{\"kind\":\"step\",\"step\":5,\"nelbo\":1}\n{\"kind\":\"step\",\"step\":4,\"nelbo\":2}\n"
      "{\"kind\":\"step\",\"step\":5,\"nelbo\":3}\n");
  ASSERT_EQ(log.step_column("nelbo").size(), 2U);
  EXPECT_EQ(log.step_column("nelbo")[1].value, 3);
}

TEST_F(MetricsColumnsTest, OnlyTheLastLineMayBeCut) {
  const std::string line = "{\"kind\":\"step\",\"step\":0,\"nelbo\":1.25}";
  for (std::size_t length = 1; length < line.size(); ++length) {
    const MetricsColumns log = read(line + "\n" + line.substr(0, length));
    EXPECT_TRUE(log.cut_last_line);
    EXPECT_EQ(log.step_column("nelbo").size(), 1U);
  }
  EXPECT_FALSE(read(line).cut_last_line);
  EXPECT_THROW(read("{\"kind\":\n" + line + "\n"), base::Error);
  EXPECT_THROW(read("[1]\n"), base::Error);
  EXPECT_THROW(read(std::string("\0\0\0\n", 4)), base::Error);
  try {
    read(line + "\nwrong\n");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("metrics.jsonl line 2"));
  }
}

TEST_F(MetricsColumnsTest, AnEmptyFileHasNoSteps) {
  EXPECT_EQ(read("").last_step, -1);
}

}  // namespace
}  // namespace palimpsest::evaluate
