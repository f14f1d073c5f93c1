#include "evaluate/bench/flat_tree.h"

namespace palimpsest::bench {
namespace {

FlatNode flat(TSTreeCursor& cursor, std::uint32_t parent, std::uint32_t depth) {
  const TSNode node = ts_tree_cursor_current_node(&cursor);
  return {.type = ts_node_type(node),
          .field = ts_tree_cursor_current_field_name(&cursor),
          .begin = ts_node_start_byte(node),
          .end = ts_node_end_byte(node),
          .subtree_end = 0,
          .parent = parent,
          .depth = depth,
          .is_named = ts_node_is_named(node),
          .is_error = ts_node_is_error(node),
          .is_missing = ts_node_is_missing(node)};
}

struct DeleteCursor {
  TSTreeCursor cursor;
  ~DeleteCursor() { ts_tree_cursor_delete(&cursor); }
};

}  // namespace

FlatTree::FlatTree(const syntax::SyntaxTree& tree) {
  nodes_.reserve(ts_node_descendant_count(tree.root()));
  DeleteCursor owner{ts_tree_cursor_new(tree.root())};
  TSTreeCursor& cursor = owner.cursor;
  std::uint32_t current = 0;
  nodes_.push_back(flat(cursor, 0, 0));
  while (true) {
    if (ts_tree_cursor_goto_first_child(&cursor)) {
      nodes_.push_back(flat(cursor, current, nodes_[current].depth + 1));
      current = size() - 1;
      continue;
    }
    while (true) {
      nodes_[current].subtree_end = size();
      if (current == 0) return;
      if (ts_tree_cursor_goto_next_sibling(&cursor)) break;
      ts_tree_cursor_goto_parent(&cursor);
      current = nodes_[current].parent;
    }
    nodes_.push_back(flat(cursor, nodes_[current].parent, nodes_[current].depth));
    current = size() - 1;
  }
}

std::uint32_t FlatTree::child_by_field(std::uint32_t node, std::string_view field) const {
  std::uint32_t found = 0;
  for_each_child(node, [&](std::uint32_t child) {
    if (found == 0 && nodes_[child].field != nullptr && nodes_[child].field == field) found = child;
  });
  return found;
}

}  // namespace palimpsest::bench
