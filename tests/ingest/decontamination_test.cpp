#include "ingest/decontamination.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/json.h"
#include "ingest/code_tokens.h"
#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;

constexpr std::string_view kSolution = R"(
  const counts = new Map<string, number>();
  for (const word of words) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  let best = '';
  for (const [word, count] of counts) {
    if (count > (counts.get(best) ?? 0)) best = word;
  }
  return best;
}
)";
constexpr std::string_view kPrompt =
    "// Return the word that occurs most often in the given list of words, or the empty\n"
    "// string when the list holds no word at all; of several such words the first wins.\n"
    "function mostFrequent(words: string[]): string {";

std::string task_line() {
  const io::Json task = {{"name", "task 1"}, {"prompt", kPrompt}, {"canonical_solution", kSolution}};
  return task.dump() + "\n";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class DecontaminationTest : public testing::Test {
 protected:
  void SetUp() override { tasks_.add_json_lines(task_line(), "tasks.jsonl"); }
  std::string around(const std::string& text) const {
    return "import { a } from './a';\nexport const limit = a + 1;\n" + text +
           "\nexport const other = [limit, 2, 3];\n";
  }
  Decontamination tasks_;
};

TEST_F(DecontaminationTest, FindsCopies) {
  const auto found = tasks_.find(around(std::string(kPrompt) + std::string(kSolution)));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->entry, "tasks.jsonl:task 1");
  EXPECT_EQ(found->share, 1);
}

TEST_F(DecontaminationTest, FindsRenamedAndReformattedCode) {
  std::string code = "function top(list: string[]): string {" + std::string(kSolution);
  for (const auto& [from, to] : {std::pair{"counts", "seen"},
                                 {"words", "list"},
                                 {"word", "w"},
                                 {"best", "winner"},
                                 {"count ", "n "},
                                 {"count]", "n]"}}) {
    code = replaced(code, from, to);
  }
  code = replaced(replaced(code, "\n", "\n\t/* c */ "), " = ", "=");
  const auto found = tasks_.find(around(code));
  ASSERT_TRUE(found);
  EXPECT_GT(found->share, 0.9);
}

TEST_F(DecontaminationTest, FindsTheDescriptionAlone) {
  const std::string words = replaced(std::string(kPrompt.substr(0, kPrompt.find("function"))), "//", " *");
  EXPECT_TRUE(tasks_.find(around("/**\n" + words + "*/\nexport const f = 1;")));
}

TEST_F(DecontaminationTest, LeavesOtherCodeAlone) {
  EXPECT_FALSE(tasks_.find(around("")));
  EXPECT_FALSE(tasks_.find(around(R"(
function total(prices: Map<string, number>): number {
  let sum = 0;
  for (const [name, price] of prices) {
    if (price > 0) sum += price;
  }
  return sum;
})")));
}

TEST_F(DecontaminationTest, PlainTextIsOneTask) {
  Decontamination tasks;
  tasks.add_text(std::string(kPrompt) + std::string(kSolution), "task.ts");
  EXPECT_EQ(tasks.tasks(), 1U);
  EXPECT_TRUE(tasks.find(around(std::string(kPrompt) + std::string(kSolution))));
  tasks.add_text("short", "short.txt");
  EXPECT_EQ(tasks.tasks_too_short(), 1U);
}

TEST_F(DecontaminationTest, RefusesFilesWithoutTasks) {
  Decontamination tasks;
  EXPECT_EQ(code_of([&] { tasks.add_json_lines("{\"a\": \"b\"}\n", "x"); }), ErrorCode::kBadData);
  EXPECT_EQ(code_of([&] { tasks.add_json_lines("{\"prompt\": \"b\"}\n{\"prom", "x"); }), ErrorCode::kBadData);
  EXPECT_EQ(code_of([&] { tasks.add_json_lines("[1]\n", "x"); }), ErrorCode::kBadData);
  EXPECT_EQ(code_of([&] { tasks.add_file("/no/such/file"); }), ErrorCode::kEnvironment);
}

TEST(CodeTokensTest, LeavesOutCommentsAndSpace) {
  const auto hashes = [](std::string_view text) {
    std::vector<std::uint64_t> result;
    for (const CodeToken& token : code_tokens(text)) result.push_back(token.hash);
    return result;
  };
  EXPECT_EQ(hashes("a = 'x' // c\n /* d */ + 1;"), hashes("a=\"x\"+1"));
  EXPECT_EQ(hashes("a /* no end"), hashes("a / * no end"));
  EXPECT_EQ(hashes("'no end\nb"), hashes("'no end'b"));
  EXPECT_EQ(hashes("'\\").size(), 1U) << "an escape at the end of the text";
}

TEST(CodeTokensTest, OnlyConsistentRenamingIsEqual) {
  const auto grams = [](std::string_view text) { return renaming_ngrams(code_tokens(text), 5); };
  EXPECT_EQ(grams("a + b + a"), grams("x + y + x"));
  EXPECT_NE(grams("a + b + a"), grams("x + y + y"));
  EXPECT_NE(grams("a.b + a"), grams("a.c + a")) << "members keep their names";
  EXPECT_NE(grams("a + 1 + a"), grams("a + 2 + a"));
  EXPECT_EQ(grams("a + b"), std::vector<std::uint64_t>());
}

}  // namespace
}  // namespace palimpsest::ingest
