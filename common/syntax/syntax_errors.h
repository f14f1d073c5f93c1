// Where a text does not parse.
#pragma once

#include <cstddef>

#include "common/syntax/syntax_parser.h"

namespace palimpsest::syntax {

struct SyntaxErrors {
  std::size_t in_range = 0;  ///< inside or touching it
  std::size_t in_file = 0;
};

/// ERROR and MISSING nodes, those around the byte range [begin, end] apart.
SyntaxErrors count_syntax_errors(const SyntaxTree& tree, std::size_t begin, std::size_t end);

}  // namespace palimpsest::syntax
