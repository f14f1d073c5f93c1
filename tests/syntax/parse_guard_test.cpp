#include "common/syntax/parse_guard.h"

#include <ctime>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/syntax/syntax_parser.h"

namespace palimpsest::syntax {
namespace {

constexpr std::size_t kBytes = 1'000'000;

std::string repeat(std::string_view part) {
  std::string text;
  while (text.size() < kBytes) text += part;
  return text;
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST(ParseGuardTest, HostileTextsEndInTime) {
  base::Random random({1});
  std::string noise;
  while (noise.size() < kBytes) noise += static_cast<char>(' ' + random.below(95));
  std::string lines = noise;
  for (std::size_t i = 0; i < lines.size(); i += 50 + random.below(100)) lines[i] = '\n';
  SyntaxParser parser;
  for (const std::string& text :
       {noise, lines, repeat("["), repeat("a()"), repeat("if(a)else "), repeat("\""), repeat("a=>"),
        repeat("!"), repeat("<a>"), repeat("a?b:"), repeat("`${")}) {
    const double start = cpu_seconds();
    parser.parse(text, Grammar::kTypeScript);
    EXPECT_LT(cpu_seconds() - start, 2.0) << text.substr(0, 20);
  }
  EXPECT_TRUE(parser.parse("const a = 1;", Grammar::kTypeScript)) << "a refusal leaves the parser usable";
}

TEST(ParseGuardTest, BracketDepth) {
  EXPECT_EQ(bracket_depth(""), 0U);
  EXPECT_EQ(bracket_depth("a(b[c{d}])(e)"), 3U);
  EXPECT_EQ(bracket_depth(")))("), 1U);
}

TEST(ParseGuardTest, ReadsTheTextInPiecesWithoutLoss) {
  const std::string text =
      "const a = `" + std::string(10'000, 'x') + "`;\n" + repeat("f(1);\n").substr(0, 60'000);
  SyntaxParser parser;
  const auto tree = parser.parse(text, Grammar::kTypeScript);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->error_bytes, 0U);
  EXPECT_EQ(ts_node_end_byte(tree->root()), text.size());
}

}  // namespace
}  // namespace palimpsest::syntax
