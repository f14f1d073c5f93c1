#include <cstdio>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/ingest/gold_generator.h"
#include "tests/ingest/gold_repository.h"

namespace palimpsest::ingest {
namespace {

constexpr std::uint64_t kGeneratedRepositories = 60;

FrameworkTable built_in() {
  return parse_framework_table(built_in_frameworks(), "built-in");
}

test::GoldScore score_folder(const std::string& folder) {
  test::GoldScore score;
  for (const auto& repository : test::read_gold_folder(PALIMPSEST_GOLD_DIR "/" + folder))
    test::score_repository(built_in(), repository, score);
  return score;
}

/// The figures that the README states come from this output.
void expect_good(const char* name, const test::GoldScore& score) {
  std::printf("%s: %s", name, score.table().c_str());
  EXPECT_GE(score.macro_f1(), 0.95);
  for (const std::string& label : built_in().labels()) EXPECT_GE(score.precision(label), 0.95) << label;
  EXPECT_GE(score.no_signal_accuracy(), 0.85);
}

TEST(GoldLabelsTest, GeneratedRepositories) {
  test::GoldScore score;
  for (std::uint64_t seed = 0; seed < kGeneratedRepositories; ++seed)
    test::score_repository(built_in(), test::generate_repository(seed), score);
  EXPECT_GE(score.files, 1000U);
  expect_good("generated", score);
}

TEST(GoldLabelsTest, HardFilesThatTheRulesWereMadeWith) {
  expect_good("hard", score_folder("rules"));
}

TEST(GoldLabelsTest, HardFilesHeldOut) {
  expect_good("held out", score_folder("held_out"));
}

TEST(GoldLabelsTest, HardFilesWrittenAfterTheRules) {
  const test::GoldScore score =
      score_folder("late");  // too few files of each family for a bound on precision
  std::printf("late: %s", score.table().c_str());
  EXPECT_GE(score.macro_f1(), 0.95);
  EXPECT_GE(score.no_signal_accuracy(), 0.85);
}

TEST(GoldLabelsTest, StylesOfPublicRepositories) {
  expect_good("styles of public repositories", score_folder("late_2"));
}

TEST(GoldLabelsTest, BadGoldFilesAreNamed) {
  EXPECT_THROW(test::parse_gold(">> a.ts\n", "x"), std::runtime_error);
  EXPECT_THROW(test::parse_gold(">> a.ts core nosignal\n", "x"), std::runtime_error);
  EXPECT_THROW(test::parse_gold(">> package.json core\n", "x"), std::runtime_error);
}

}  // namespace
}  // namespace palimpsest::ingest
