#include "evaluate/bench/code_bleu.h"

#include <set>
#include <string>

#include "evaluate/bench/code_text.h"
#include "evaluate/bench/data_flow.h"
#include "evaluate/bench/ngram_match.h"
#include "evaluate/bench/subtree_match.h"

namespace palimpsest::bench {
namespace {

using Keywords = std::set<std::string_view>;

/// The words that the package weighs up for JavaScript; some were reserved only in old editions.
const Keywords& javascript_keywords() {
  static const Keywords words(
      {"await",     "break",  "case",     "catch",  "class",      "const",   "continue",  "debugger",
       "default",   "delete", "do",       "else",   "enum",       "export",  "extends",   "false",
       "finally",   "for",    "function", "if",     "implements", "import",  "in",        "instanceof",
       "interface", "let",    "new",      "null",   "package",    "private", "protected", "True",
       "public",    "return", "super",    "switch", "static",     "this",    "throw",     "try",
       "typeof",    "var",    "void",     "while",  "with",       "yield"});
  return words;
}

/// Those of JavaScript and the contextual keywords of TypeScript.
const Keywords& typescript_keywords() {
  static const Keywords words = [] {
    Keywords all = javascript_keywords();
    all.insert({"abstract", "any",       "as",        "asserts", "async",  "bigint", "boolean",
                "declare",  "from",      "get",       "global",  "infer",  "is",     "keyof",
                "module",   "namespace", "never",     "number",  "object", "of",     "out",
                "override", "readonly",  "satisfies", "set",     "string", "symbol", "true",
                "type",     "undefined", "unique",    "unknown", "using"});
    return all;
  }();
  return words;
}

}  // namespace

CodeBleu CodeBleuScorer::score(std::string_view reference, std::string_view candidate,
                               syntax::Grammar grammar) {
  reference = trim(reference);
  candidate = trim(candidate);
  const Words reference_words = split_words(reference);
  const Words candidate_words = split_words(candidate);
  CodeBleu score;
  score.ngram = ngram_match(reference_words, candidate_words);
  score.weighted_ngram = weighted_ngram_match(
      reference_words, candidate_words,
      grammar == syntax::Grammar::kJavaScript ? javascript_keywords() : typescript_keywords());
  const std::string reference_code = remove_comments(reference);
  const std::string candidate_code = remove_comments(candidate);
  const auto reference_tree = parser_.parse_as(reference_code, grammar);
  const auto candidate_tree = parser_.parse_as(candidate_code, grammar);
  if (reference_tree && candidate_tree) {
    const ParsedCode expected{reference_code, FlatTree(*reference_tree)};
    const ParsedCode got{candidate_code, FlatTree(*candidate_tree)};
    score.syntax = subtree_match(expected, got);
    score.data_flow = data_flow_match(expected, got);
  }
  score.total =
      (score.ngram + score.weighted_ngram + score.syntax + (score.data_flow == 0 ? 1 : score.data_flow)) / 4;
  return score;
}

}  // namespace palimpsest::bench
