// Cuts a text along its syntax tree into chunks that tile it (after cAST, arXiv 2506.15655: greedy windows of
// siblings, a node above the budget is split into its children), without recursion.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/io/document.h"
#include "common/syntax/syntax_parser.h"

namespace palimpsest::ingest {

/// Chunks of at most `budget` non-white code points that tile `text`, in order; `framework` is left empty.
/// Leading comments and decorators stay with what follows, closing tokens with what precedes; a leaf above
/// the budget is cut at a line end, else between two code points. REQUIRES: valid UTF-8, below 4 GiB; budget
/// > 0; `tree` is of `text`.
std::vector<io::Chunk> chunk_text(std::string_view text, const syntax::SyntaxTree& tree,
                                  std::uint32_t budget);

}  // namespace palimpsest::ingest
