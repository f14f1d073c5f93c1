#include "common/syntax/syntax_errors.h"

namespace palimpsest::syntax {

SyntaxErrors count_syntax_errors(const SyntaxTree& tree, std::size_t begin, std::size_t end) {
  SyntaxErrors errors;
  if (!ts_node_has_error(tree.root())) return errors;
  TreeCursor cursor(tree.root());
  bool enter = true;
  do {
    const TSNode node = cursor.node();
    enter = ts_node_has_error(node);
    if (!ts_node_is_error(node) && !ts_node_is_missing(node)) continue;
    ++errors.in_file;
    if (ts_node_end_byte(node) >= begin && ts_node_start_byte(node) <= end) ++errors.in_range;
  } while (cursor.next(enter));
  return errors;
}

}  // namespace palimpsest::syntax
