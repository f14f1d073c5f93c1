#include "evaluate/bench/subtree_match.h"

#include <string>
#include <unordered_set>
#include <vector>

#include "common/base/hash.h"
#include "common/base/utf8.h"

namespace palimpsest::bench {
namespace {

/// What stands for the node in a tree written as an S-expression.
std::string label_of(const FlatNode& node, bool is_leaf, std::string_view text) {
  std::string label = node.type;
  if (node.is_missing) label += " missing";
  // An unexpected character: tree-sitter names it.
  if (node.is_error && is_leaf && node.end > node.begin) {
    std::uint32_t end = node.begin + 1;
    while (end < node.end && base::is_continuation_byte(text[end])) ++end;
    label += text.substr(node.begin, end - node.begin);
  }
  return label;
}

/// A hash of each node's S-expression: its label and the fields and hashes of what it holds. Anonymous tokens
/// are not part of it unless they are missing.
std::vector<std::uint64_t> subtree_hashes(const FlatTree& tree, std::string_view code) {
  std::vector<std::uint64_t> hashes(tree.size());
  std::string text;
  for (std::uint32_t node = tree.size(); node-- > 0;) {
    text = label_of(tree[node], tree.is_leaf(node), code);
    for (std::uint32_t inner = node + 1; inner < tree[node].subtree_end;) {
      const FlatNode& child = tree[inner];
      if (!child.is_named && !child.is_missing) {
        ++inner;
        continue;
      }
      text += '\0';
      if (child.field != nullptr) text += child.field;
      text.append(reinterpret_cast<const char*>(&hashes[inner]), sizeof hashes[inner]);
      inner = child.subtree_end;
    }
    hashes[node] = base::hash64(text);
  }
  return hashes;
}

bool is_counted(const FlatTree& tree, std::uint32_t node) {
  return node == 0 || !tree.is_leaf(node);
}

}  // namespace

double subtree_match(const ParsedCode& reference, const ParsedCode& candidate) {
  const std::vector<std::uint64_t> candidate_hashes = subtree_hashes(candidate.tree, candidate.text);
  std::unordered_set<std::uint64_t> known;
  for (std::uint32_t node = 0; node < candidate.tree.size(); ++node) {
    if (is_counted(candidate.tree, node)) known.insert(candidate_hashes[node]);
  }
  const std::vector<std::uint64_t> hashes = subtree_hashes(reference.tree, reference.text);
  double matched = 0;
  double total = 0;
  for (std::uint32_t node = 0; node < reference.tree.size(); ++node) {
    if (!is_counted(reference.tree, node)) continue;
    total += 1;
    matched += known.contains(hashes[node]) ? 1 : 0;
  }
  return matched / total;
}

}  // namespace palimpsest::bench
