#include "evaluate/bench/code_bleu.h"

#include <string>

#include <gtest/gtest.h>

#include "evaluate/bench/code_text.h"
#include "evaluate/bench/data_flow.h"

namespace palimpsest::bench {
namespace {

using syntax::Grammar;

struct Golden {
  const char* reference;
  const char* candidate;
  CodeBleu score;
};

/// Made with the PyPI package `codebleu` 0.7.0; code_bleu_peer.py compares many more.
const Golden kGolden[] = {
    {"function add(a, b) { return a + b; }", "function add(a, b) { return a + b; }", {1, 1, 1, 1, 1}},
    {"let total = 0;\nfor (var i = 0; i < n; i++) { total += i; }\nreturn total;",
     "let sum = 0;\nfor (var j = 0; j < n; j++) { sum += j; }\nreturn sum;",
     {0.5979431904465666, 0.19138367678485674, 0.20038908500140973, 1, 1}},
    {"if (a) { b = 1; } else { b = 2; } // choose\nlet c = b;",
     "if (a) b = 1;\nlet c = b;",
     {0.42590166522754347, 0.1583739988693297, 0.21189932870751083, 0.5833333333333334, 0.75}},
    {"while (x) { y += x; x = y; }",
     "while (x) { x = y; }",
     {0.4383492820548721, 0.3873479811032991, 0.3910491471161894, 0.375, 0.6}},
    {"x", "x", {0.5553941064735807, 0.1778279410038923, 0.04374848489043043, 1, 0}},
    {"return value;", "returned", {0.25, 0, 0, 0, 0}},
    {"const { a, b } = f('it // is', \"no /* comment\");",
     "const { a } = f('it // is');",
     {0.29148722801475047, 0.2493651438887133, 0.2665837681702885, 0.25, 0.4}},
    {"foo(", "foo(1", {0.25, 0, 0, 0, 0}},
    {"", "x = 1", {0.25, 0, 0, 0, 0}},
};

TEST(CodeBleuTest, EqualsThePackage) {
  CodeBleuScorer scorer;
  for (const Golden& golden : kGolden) {
    const CodeBleu score = scorer.score(golden.reference, golden.candidate, Grammar::kJavaScript);
    EXPECT_NEAR(score.total, golden.score.total, 1e-9) << golden.reference;
    EXPECT_NEAR(score.ngram, golden.score.ngram, 1e-9) << golden.reference;
    EXPECT_NEAR(score.weighted_ngram, golden.score.weighted_ngram, 1e-9) << golden.reference;
    EXPECT_NEAR(score.syntax, golden.score.syntax, 1e-9) << golden.reference;
    EXPECT_NEAR(score.data_flow, golden.score.data_flow, 1e-9) << golden.reference;
  }
}

TEST(CodeBleuTest, UnderstandsTypeScript) {
  CodeBleuScorer scorer;
  const std::string code = "type A = { b: string };\nfunction f<T>(a: A): T { let c: T = g(a); return c; }";
  const CodeBleu same = scorer.score(code, code, Grammar::kTypeScript);
  EXPECT_NEAR(same.total, 1, 1e-9);
  const CodeBleu other = scorer.score(code, "type A = { b: number };", Grammar::kTypeScript);
  EXPECT_LT(other.total, 0.6);
  EXPECT_EQ(scorer.score("<a/>", "<a/>", Grammar::kTsx).syntax, 1);
}

TEST(CodeBleuTest, SurvivesHostileText) {
  CodeBleuScorer scorer;
  std::string deep = "x";
  for (int i = 0; i < 50'000; ++i) deep = "(" + deep;
  std::string loops;
  for (int i = 0; i < 60; ++i) loops += "while (a) { ";
  for (const std::string& text : {deep, loops + "a++;", std::string("\0\xff\xfe", 3), std::string("'\\")}) {
    const CodeBleu score = scorer.score(text, text, Grammar::kJavaScript);
    EXPECT_GE(score.total, 0);
    EXPECT_LE(score.total, 1);
  }
}

TEST(CodeTextTest, RemovesCommentsButNotStrings) {
  EXPECT_EQ(remove_comments("a // b\n\n  \nc /* d\ne */ f"), "a  \nc   f");
  EXPECT_EQ(remove_comments("'//' \"/*\" '\\'//' /*"), "'//' \"/*\" '\\'//' /*");
  EXPECT_EQ(remove_comments("it's // gone"), "it's  ");
  EXPECT_EQ(trim("\u00a0 \x1c a\u3000b \n"), "a\u3000b");
  EXPECT_EQ(split_words(" a\u2003bc\td ").size(), 3U);
  EXPECT_TRUE(split_words("").empty());
}

TEST(DataFlowTest, FollowsValuesThroughBranches) {
  const std::string text = "let a = 1; if (a) { a += 2; } let b = a;";
  syntax::SyntaxParser parser;
  const auto tree = parser.parse_as(text, Grammar::kJavaScript);
  const std::vector<Flow> flows = extract_data_flow({text, FlatTree(*tree)});
  ASSERT_FALSE(flows.empty());
  const Flow& last = flows.back();
  EXPECT_EQ(last.name, "a");
  EXPECT_EQ(last.from_tokens.size(), 2U) << "the first value and the one given in the branch";
}

}  // namespace
}  // namespace palimpsest::bench
