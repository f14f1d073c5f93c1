#include "evaluate/bench/bench_task.h"

#include <fstream>

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "tests/support/error_code.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::bench {
namespace {

using base::ErrorCode;

class BenchTaskTest : public testing::Test {
 protected:
  std::vector<Task> load(const std::string& lines) {
    const std::filesystem::path file = directory_.path() / "made-up.jsonl";
    io::write_file_atomically(file, lines);
    return load_tasks(file);
  }
  std::string error_of(const std::string& lines) {
    try {
      load(lines);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadData);
      return error.what();
    }
    return "no error";
  }

  test::TemporaryDirectory directory_;
};

const std::string kOwn =
    R"({"id":"1","kind":"line","family":"react","language":"tsx","path":"a.tsx","prompt":"a","suffix":"c","middle":"b"})";

TEST_F(BenchTaskTest, OwnFormatComesBack) {
  const Task task = load(kOwn + "\n\n").at(0);
  EXPECT_EQ(task.hole.prompt + task.canonical + task.hole.suffix, "abc");
  EXPECT_TRUE(task.has_canonical);
  EXPECT_EQ(task.cluster, "1");
  const std::string line = to_json_line(task);
  EXPECT_EQ(to_json_line(load(line).at(0)), line);
}

TEST_F(BenchTaskTest, CutsWholeTexts) {
  const std::string text =
      R"({"id":"1","kind":"line","family":"core","language":"ts","text":"aäc","hole":[1,3]})";
  const Task task = load(text).at(0);
  EXPECT_EQ(task.canonical, "ä");
  EXPECT_EQ(task.hole.suffix, "c");
  for (const std::string hole : {"[1,9]", "[3,1]", "[1]", "[1,2]"}) {
    std::string bad = text;
    bad.replace(bad.find("[1,3]"), 5, hole);
    EXPECT_NE(error_of(bad).find("hole "), std::string::npos) << error_of(bad);
  }
  EXPECT_NE(error_of(R"({"id":"1","kind":"line","family":"core","language":"ts","text":"","hole":[0,1]})")
                .find("hole outside"),
            std::string::npos);
}

TEST_F(BenchTaskTest, ReadsKnownDataSets) {
  const Task function =
      load(
          R"({"name":"Made_1_f","language":"js","prompt":"function f(a) {\n","tests":"f();","stop_tokens":["\nfunction "]})")
          .at(0);
  EXPECT_EQ(function.family, "made-up");
  EXPECT_EQ(function.hole.language, "javascript");
  EXPECT_FALSE(function.has_canonical);
  EXPECT_EQ(cut_at_stop("  return a;\n}\nfunction g() {", function.stop), "  return a;\n}");
  const Task line =
      load(
          R"({"name":"made-1.json-L3","language":"js","prompt":"a","suffix":"c","canonical_solution":"  b","tests":"t"})")
          .at(0);
  EXPECT_EQ(line.hole.prompt + line.canonical + line.hole.suffix, "a\n  b\nc");
  EXPECT_EQ(line.cluster, "made-1.json");
}

TEST_F(BenchTaskTest, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(error_of(R"({"question":"?","answer":"!"})")
                .find("unknown task format, got the fields question, answer"),
            std::string::npos);
  EXPECT_NE(error_of("[1]").find("unknown task format"), std::string::npos);
  EXPECT_NE(error_of(kOwn + "\n" + kOwn).find("twice"), std::string::npos);
  EXPECT_NE(error_of(kOwn + "\n" + kOwn).find("made-up.jsonl:2"), std::string::npos);
  EXPECT_NE(error_of("").find("no tasks"), std::string::npos);
  EXPECT_NE(error_of("\n \n").find("no tasks"), std::string::npos);
  EXPECT_NE(error_of("{\"id\": \"1\", \"kind\": \"\xff\"}"), "no error");
  EXPECT_NE(error_of(kOwn.substr(0, 50)), "no error");
  EXPECT_NE(error_of(std::string(100'000'000, 'x')).find("too long"), std::string::npos);
  EXPECT_NE(
      error_of(
          R"({"id":"1","kind":"line","family":"f","language":"cobol","prompt":"","suffix":"","middle":""})")
          .find("unknown language"),
      std::string::npos);
  EXPECT_NE(error_of(R"({"id":"1","kind":"line","family":"f","language":"ts","prompt":"","suffix":""})")
                .find("cannot be judged"),
            std::string::npos);
  EXPECT_EQ(test::code_of([] { load_tasks("/no/such/file"); }), ErrorCode::kEnvironment);
}

}  // namespace
}  // namespace palimpsest::bench
