#include "evaluate/bench/task_maker.h"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::bench {
namespace {

std::vector<std::string> middles(std::string_view text, HoleKind kind) {
  syntax::SyntaxParser parser;
  const auto tree = parser.parse_as(text, syntax::Grammar::kTsx);
  std::vector<std::string> found;
  for (const CutHole& hole : cut_holes({text, FlatTree(*tree)})) {
    if (hole.kind == kind) found.emplace_back(text.substr(hole.begin, hole.end - hole.begin));
  }
  return found;
}

using Texts = std::vector<std::string>;

TEST(HoleCutterTest, FollowsTheSyntax) {
  const std::string_view text =
      "import { A } from 'a';\n"
      "// a comment\n"
      "@Injectable({ x: 1 })\n"
      "export class B {\n"
      "  run(a: number) {\n"
      "    return call(a, 'two', () => 3);  \n"
      "  }\n"
      "}\n"
      "const c = <A href=\"x\" onClick={() => {}}>hello</A>;\n";
  EXPECT_EQ(middles(text, HoleKind::kDecorator), Texts{"@Injectable({ x: 1 })"});
  EXPECT_EQ(middles(text, HoleKind::kJsxAttribute), (Texts{"href=\"x\"", "onClick={() => {}}"}));
  EXPECT_EQ(middles(text, HoleKind::kBlock), Texts{"\n    return call(a, 'two', () => 3);  \n  "});
  EXPECT_EQ(middles(text, HoleKind::kArgument), (Texts{"{ x: 1 }", "'two'", "() => 3"}))
      << "one letter is too little";
  const Texts lines = middles(text, HoleKind::kLine);
  EXPECT_NE(std::find(lines.begin(), lines.end(), "return call(a, 'two', () => 3);"), lines.end());
  EXPECT_EQ(std::find(lines.begin(), lines.end(), "import { A } from 'a';"), lines.end());
  EXPECT_EQ(std::find(lines.begin(), lines.end(), "}"), lines.end());
}

TEST(HoleCutterTest, LeavesOutErrorsAndGiants) {
  EXPECT_TRUE(middles("", HoleKind::kLine).empty());
  EXPECT_TRUE(middles("f(a b c ((( ;", HoleKind::kArgument).empty());
  EXPECT_TRUE(middles("f('" + std::string(500, 'x') + "');", HoleKind::kArgument).empty());
}

class TaskMakerTest : public testing::Test {
 protected:
  TaskMakerTest() { test::write_documents(directory_.path() / "d", test::sample_corpus(12, 6)); }

  std::vector<std::string> lines(const MakeTasksOptions& options, std::size_t threads = 2) {
    const tbb::global_control control(tbb::global_control::max_allowed_parallelism, threads);
    const auto split = tokens::split_documents(directory_.path() / "d", {});
    std::vector<std::string> result;
    for (const Task& task : make_tasks(directory_.path() / "d", split, options)) {
      result.push_back(to_json_line(task));
    }
    return result;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(TaskMakerTest, CutsOnlyFromTheSplit) {
  const auto split = tokens::split_documents(directory_.path() / "d", {});
  std::map<std::string, io::Document> documents;
  io::for_each_document(directory_.path() / "d", [&](io::Document&& document) {
    documents.emplace(document.id, std::move(document));
  });
  const std::vector<Task> tasks = make_tasks(directory_.path() / "d", split, {.per_family = 30});
  ASSERT_FALSE(tasks.empty());
  std::map<std::string, int> per_family;
  std::set<std::string> ids;
  for (const Task& task : tasks) {
    const io::Document& document = documents.at(task.cluster);
    EXPECT_EQ(split.of(document.repo), tokens::Split::kValid);
    EXPECT_EQ(task.hole.prompt + task.canonical + task.hole.suffix, document.text);
    EXPECT_TRUE(ids.insert(task.hole.id).second);
    ++per_family[task.family];
  }
  for (const auto& [family, count] : per_family) EXPECT_LE(count, 30);
}

TEST_F(TaskMakerTest, DependsOnTheSeedAlone) {
  const auto tasks = lines({.per_family = 20});
  EXPECT_EQ(lines({.per_family = 20}, 1), tasks);
  EXPECT_NE(lines({.per_family = 20, .seed = 2}), tasks);
  const auto more = lines({.per_family = 40});
  EXPECT_GT(more.size(), tasks.size());
}

}  // namespace
}  // namespace palimpsest::bench
