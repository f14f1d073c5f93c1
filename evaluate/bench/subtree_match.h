// The syntax term of CodeBLEU (arXiv 2009.10297, section 3.3): which subtrees of the reference the candidate
// has too, node types and fields alike, texts aside.
#pragma once

#include "evaluate/bench/flat_tree.h"

namespace palimpsest::bench {

/// Share of the reference's subtrees (the root and every node with children) that occur in the candidate.
double subtree_match(const ParsedCode& reference, const ParsedCode& candidate);

}  // namespace palimpsest::bench
