// Places in a file where a hole makes a fair task: whole syntax nodes of a size that can be filled.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "evaluate/bench/flat_tree.h"

namespace palimpsest::bench {

enum class HoleKind { kLine, kBlock, kArgument, kJsxAttribute, kDecorator };

inline constexpr std::array kHoleKinds = {HoleKind::kLine, HoleKind::kBlock, HoleKind::kArgument,
                                          HoleKind::kJsxAttribute, HoleKind::kDecorator};

/// "line", "block", "argument", "jsx-attribute", "decorator".
const char* name_of(HoleKind kind);

struct CutHole {
  HoleKind kind = HoleKind::kLine;
  std::uint32_t begin = 0;  ///< bytes
  std::uint32_t end = 0;
};

/// Every such place, in document order of its node:
/// - line: from the first character to the end of a line on which a statement or a class member begins; not
///   imports, comments and lines that only close something,
/// - block: what stands between the braces of a statement block or class method,
/// - argument: one argument of a call,
/// - jsx-attribute: name and value,
/// - decorator: from the @ to its end.
/// Nodes with syntax errors inside are left out, and middles that are blank or larger than what their kind
/// allows (120 bytes; a block: 600).
std::vector<CutHole> cut_holes(const ParsedCode& code);

}  // namespace palimpsest::bench
