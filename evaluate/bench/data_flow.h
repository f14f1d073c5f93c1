// Where the values of variables come from: the data-flow graph of CodeBLEU (arXiv 2009.10297, section 3.4;
// the graph is that of GraphCodeBERT, arXiv 2009.08366). The rules per node type are those of the reference
// implementation for JavaScript, which TypeScript shares: declarators, default values, augmented assignments,
// `++`, `if`, `for` and `while` have their own; a plain assignment only uses its two sides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/bench/flat_tree.h"

namespace palimpsest::bench {

/// One variable at one place and what its value comes from.
struct Flow {
  std::string name;
  std::uint32_t token = 0;                 ///< ordinal of the token in the text
  bool is_computed = false;                ///< by an operator; else it is the same value
  std::vector<std::string> from = {};      ///< names, each once, in order of appearance
  std::vector<std::uint32_t> from_tokens;  ///< their tokens
};

/// One flow a token, ordered by their first mention. Empty when the text is broken so that a declaration
/// lacks a side, nested deeper than 980 levels, or so intricate that nested loops would take too long.
std::vector<Flow> extract_data_flow(const ParsedCode& code);

/// Share of the reference's flows that the candidate has too, names replaced by their order of appearance. 0
/// when the reference has none.
double data_flow_match(const ParsedCode& reference, const ParsedCode& candidate);

}  // namespace palimpsest::bench
