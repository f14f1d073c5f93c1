// A syntax tree as one array in document order: simple loops over it need no recursion, however deep it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/syntax/syntax_parser.h"

namespace palimpsest::bench {

struct FlatNode {
  const char* type;           ///< of the grammar, e.g. "identifier" or ";"
  const char* field;          ///< in its parent, e.g. "name"; null when it has none
  std::uint32_t begin;        ///< first byte
  std::uint32_t end;          ///< behind the last byte
  std::uint32_t subtree_end;  ///< index behind its last descendant; the next index when it is a leaf
  std::uint32_t parent;       ///< index; the root is its own
  std::uint32_t depth;        ///< 0 = root
  bool is_named;
  bool is_error;    ///< an ERROR node
  bool is_missing;  ///< a token that the parser had to make up; it has no bytes

  bool has_type(std::string_view name) const { return type == name; }
};

/// The nodes of a tree, parents before children. Strings belong to the grammar, which lives for ever.
class FlatTree {
 public:
  explicit FlatTree(const syntax::SyntaxTree& tree);

  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  const FlatNode& operator[](std::uint32_t node) const { return nodes_[node]; }
  bool is_leaf(std::uint32_t node) const { return nodes_[node].subtree_end == node + 1; }

  /// Calls `visit(child)` for each child, in order.
  template <typename Visit>
  void for_each_child(std::uint32_t node, Visit visit) const {
    for (std::uint32_t child = node + 1; child < nodes_[node].subtree_end;
         child = nodes_[child].subtree_end) {
      visit(child);
    }
  }

  /// The first child with that field, or 0 (the root, which is nobody's child).
  std::uint32_t child_by_field(std::uint32_t node, std::string_view field) const;

 private:
  std::vector<FlatNode> nodes_;
};

/// A text and its tree. The text is not owned.
struct ParsedCode {
  std::string_view text;
  FlatTree tree;

  std::string_view text_of(const FlatNode& node) const {
    return text.substr(node.begin, node.end - node.begin);
  }
};

}  // namespace palimpsest::bench
