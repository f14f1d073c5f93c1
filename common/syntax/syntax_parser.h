// TypeScript, TSX and JavaScript syntax trees by tree-sitter. Nothing here or in its users recurses over a
// tree: depth reaches millions in hostile files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <tree_sitter/api.h>

#include "common/base/handle.h"

namespace palimpsest::syntax {

enum class Grammar { kTypeScript, kTsx, kJavaScript };

const TSLanguage* language(Grammar grammar);

/// "typescript", "tsx" or "javascript", as in documents.
const char* language_name(Grammar grammar);

struct SyntaxTree {
  base::Handle<TSTree, ts_tree_delete> tree;
  Grammar grammar = Grammar::kTypeScript;
  std::uint64_t error_bytes = 0;  ///< inside ERROR nodes

  TSNode root() const { return ts_tree_root_node(tree.get()); }
};

/// A parser that is used again and again. Not thread-safe: one per thread.
class SyntaxParser {
 public:
  SyntaxParser();

  /// Parses with `first`, and with the other grammar too when many bytes are in error (TSX for
  /// TypeScript, TypeScript for the rest); the tree with fewer
  /// such bytes wins. nullopt when parsing takes more steps than any sane text needs (a limit in steps, not
  /// in seconds, so that the result does not depend on the machine). Throws Interrupted when the process is
  /// asked to stop.
  std::optional<SyntaxTree> parse(std::string_view text, Grammar first);

  /// The same with one grammar only, however many bytes are in error.
  std::optional<SyntaxTree> parse_as(std::string_view text, Grammar grammar);

 private:
  base::Handle<TSParser, ts_parser_delete> parser_;
};

/// A cursor with an owner; walks a tree in constant stack space.
class TreeCursor {
 public:
  explicit TreeCursor(TSNode node) : cursor_(ts_tree_cursor_new(node)) {}
  ~TreeCursor() { ts_tree_cursor_delete(&cursor_); }
  TreeCursor(const TreeCursor&) = delete;
  TreeCursor& operator=(const TreeCursor&) = delete;

  TSNode node() const { return ts_tree_cursor_current_node(&cursor_); }
  void reset(TSNode node) { ts_tree_cursor_reset(&cursor_, node); }
  bool first_child() { return ts_tree_cursor_goto_first_child(&cursor_); }
  bool next_sibling() { return ts_tree_cursor_goto_next_sibling(&cursor_); }

  /// Moves to the next node in document order; goes below the current node only if `enter`. False at the end.
  bool next(bool enter);

 private:
  TSTreeCursor cursor_;
};

}  // namespace palimpsest::syntax
