// CodeBLEU (Ren et al. 2020, arXiv 2009.10297) for JavaScript and TypeScript, equal to the PyPI package
// `codebleu` 0.7.0 with its default weights where that is well defined (see README.md).
#pragma once

#include <string_view>

#include "common/syntax/syntax_parser.h"

namespace palimpsest::bench {

/// All in [0, 1].
struct CodeBleu {
  double total = 0;  ///< mean of the four, where a data flow of 0 counts 1, as in the package
  double ngram = 0;
  double weighted_ngram = 0;
  double syntax = 0;
  double data_flow = 0;
};

/// Not thread-safe: one per thread.
class CodeBleuScorer {
 public:
  /// Compares a candidate with one reference, both as the same language. A text that the parser refuses has
  /// no subtree and no flow in common with anything.
  CodeBleu score(std::string_view reference, std::string_view candidate, syntax::Grammar grammar);

 private:
  syntax::SyntaxParser parser_;
};

}  // namespace palimpsest::bench
