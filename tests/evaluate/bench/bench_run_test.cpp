#include "evaluate/bench/bench_run.h"

#include <optional>

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "evaluate/bench/bench_report.h"
#include "evaluate/bench/bound_fillers.h"
#include "evaluate/bench/copy_filler.h"
#include "evaluate/bench/lexemes.h"
#include "evaluate/bench/ngram_filler.h"

namespace palimpsest::bench {
namespace {

Hole hole(const std::string& prompt, const std::string& suffix, const std::string& kind = "line") {
  return {
      .id = "1", .kind = kind, .path = "a.ts", .language = "typescript", .prompt = prompt, .suffix = suffix};
}

TEST(LexemesTest, MakeUpTheText) {
  const std::string text = "const a_1 = f( 'ä' );\n\n  return\t$x;\r\n";
  std::string joined;
  for (const std::string_view lexeme : split_lexemes(text)) joined += lexeme;
  EXPECT_EQ(joined, text);
  EXPECT_EQ(split_lexemes("a  b\n\n  c").size(), 6U);
  EXPECT_EQ(last_part("abc def; ghi", 6), "; ghi");
}

TEST(BaselinesTest, CopyFindsWhatStoodThereBefore) {
  const CopyFiller copy;
  EXPECT_EQ(copy.fill(hole("foo(a, b);\nbar(a, b);\nbar(", ");\n"), 1, 1), Fills{"a, b"});
  EXPECT_EQ(copy.fill(hole("", ""), 1, 1), Fills{""});
  EXPECT_EQ(copy.fill(hole("nothing alike", "here"), 3, 1), Fills{""});
  EXPECT_EQ(copy.fill(hole("x = ", ";\ny = 2;\nx = 1;\n"), 1, 1).at(0), "1") << "from behind the hole";
}

struct Learned {
  Learned() {
    const std::string text = "open(door);\nclose(door);\nopen(door);\nclose(window);\nopen(door);\n";
    frequent.learn(text, {{HoleKind::kLine, 0, 11}, {HoleKind::kLine, 25, 36}, {HoleKind::kLine, 12, 24}});
    frequent.learn("go(window)", {{HoleKind::kArgument, 3, 9}});
    frequent.learn("go(door)", {{HoleKind::kArgument, 3, 7}});
    frequent.finish();
    counts.learn(text);
    counts.finish();
  }
  FrequentFiller frequent;
  NgramCounts counts;
};

TEST(BaselinesTest, FrequentRanksByCount) {
  const Learned learned;
  EXPECT_EQ(learned.frequent.fill(hole("", ""), 2, 1), (Fills{"open(door);", "close(door);"}));
  EXPECT_EQ(learned.frequent.fill(hole("", "", "argument"), 9, 1).size(), 2U);
  EXPECT_EQ(FrequentFiller().fill(hole("", ""), 1, 1), Fills{""});
}

TEST(BaselinesTest, NgramSeesBothSides) {
  const Learned learned;
  const NgramFiller ngram(learned.counts, learned.frequent);
  EXPECT_EQ(ngram.fill(hole("open(", ");\n", "argument"), 1, 1), Fills{"door"});
  EXPECT_EQ(ngram.fill(hole("close(", ");\nopen(", "argument"), 2, 1).size(), 2U);
  // The score is the back-off formula: "(" follows "open" always.
  const auto lexemes = split_lexemes("open(");
  EXPECT_DOUBLE_EQ(learned.counts.log_score(lexemes, 1), 0);
}

Task task(const std::string& canonical, const std::string& tests = "") {
  Task made;
  made.hole = hole("function f(a) {\n  return ", ";\n}\n");
  made.hole.language = "javascript";
  made.family = "made-up";
  made.cluster = canonical;
  made.has_canonical = true;
  made.canonical = canonical;
  made.tests = tests;
  return made;
}

class FixedFiller : public Filler {
 public:
  explicit FixedFiller(Fills fills) : fills_(std::move(fills)) {}
  std::string name() const override { return "fixed"; }
  Fills fill(const Hole&, std::size_t, std::uint64_t) const override { return fills_; }

 private:
  Fills fills_;
};

TEST(BenchRunTest, MeasuresTheBestFill) {
  const std::vector<Task> tasks = {task("a + 1"), task("b")};
  const auto perfect = run_bench(tasks, CanonicalFiller(), nullptr, {});
  EXPECT_EQ(perfect[0].metrics.at("exact"), 1);
  EXPECT_EQ(perfect[1].metrics.at("edit"), 1);
  EXPECT_FALSE(perfect[0].metrics.contains("pass@1"));
  const auto near = run_bench(tasks, FixedFiller({" a + 1 ", "b"}), nullptr, {});
  EXPECT_EQ(near[0].metrics.at("exact"), 1);
  EXPECT_EQ(near[0].metrics.at("exact-raw"), 0);
  EXPECT_EQ(near[1].metrics.at("exact"), 0);
  EXPECT_EQ(near[1].metrics.at("syntax"), 1);
  EXPECT_EQ(run_bench(tasks, FixedFiller({"("}), nullptr, {})[0].metrics.at("syntax"), 0);
}

TEST(BenchRunTest, RunsTests) {
  std::optional<NodeSandbox> sandbox;
  try {
    sandbox.emplace();
  } catch (const base::Error& error) {
    GTEST_SKIP() << error.what();
  }
  const std::vector<Task> tasks = {task("a + 1", "if (f(1) !== 2) throw new Error();")};
  const BenchRunOptions options{.candidates = 4, .ks = {1, 2}};
  const auto judged = run_bench(tasks, FixedFiller({"a", "a + 1", "1 + a", "a"}), &*sandbox, options);
  EXPECT_EQ(judged[0].outcomes, (std::vector<std::string>{"failed", "passed", "passed", "failed"}));
  EXPECT_DOUBLE_EQ(judged[0].metrics.at("pass@1"), 0.5);
  EXPECT_DOUBLE_EQ(judged[0].metrics.at("pass@2"), 1 - 1.0 / 6);
}

TEST(BenchReportTest, SummarizesByFamily) {
  std::vector<Task> tasks = {task("a + 1"), task("b"), task("c")};
  tasks[2].family = "other";
  const BenchRunOptions options;
  const FixedFiller filler({"b"});
  const auto judged = run_bench(tasks, filler, nullptr, options);
  const io::Json summary = summarize(filler, tasks, judged, options);
  ASSERT_EQ(summary.at("groups").size(), 3U);
  EXPECT_NEAR(summary["groups"][0]["metrics"]["exact"]["mean"].get<double>(), 1.0 / 3, 1e-12);
  EXPECT_EQ(summary["groups"][1]["tasks"], 2);
  const io::Json result = {{"metrics", metric_names(options)}, {"fillers", {summary}}};
  const std::string table = bench_table(result);
  EXPECT_NE(table.find("made-up"), std::string::npos);
  EXPECT_NE(table.find("33.3 ±"), std::string::npos) << table;
}

}  // namespace
}  // namespace palimpsest::bench
