#include "evaluate/bench/hole_cutter.h"

#include <algorithm>

#include "evaluate/bench/code_text.h"

namespace palimpsest::bench {
namespace {

constexpr std::uint32_t kMaxBlockBytes = 600;
constexpr std::uint32_t kMaxOtherBytes = 120;
constexpr std::uint32_t kMinBytes = 2;

bool ends_with(const FlatNode& node, std::string_view end) {
  return std::string_view(node.type).ends_with(end);
}

/// Statements and members by which a line counts as code; imports say more about other files than this one.
bool begins_line(const FlatNode& node) {
  if (node.has_type("import_statement") || node.has_type("comment")) return false;
  return ends_with(node, "_statement") || ends_with(node, "_declaration") || ends_with(node, "_definition") ||
         ends_with(node, "_signature") || node.has_type("pair") || node.has_type("jsx_self_closing_element");
}

class Cutter {
 public:
  explicit Cutter(const ParsedCode& code) : code_(code) {}

  std::vector<CutHole> run() {
    std::uint32_t line_end = 0;
    for (std::uint32_t node = 0; node < code_.tree.size(); ++node) {
      const FlatNode& n = code_.tree[node];
      if (n.is_error) {
        node = n.subtree_end - 1;
        continue;
      }
      if (n.begin >= line_end && begins_line(n) && is_first_on_line(n)) line_end = add_line(n);
      add_node(node);
    }
    return std::move(holes_);
  }

 private:
  void add_node(std::uint32_t node) {
    const FlatNode& n = code_.tree[node];
    const FlatNode& parent = code_.tree[n.parent];
    if (n.has_type("statement_block") && n.end - n.begin > 2) {
      add(HoleKind::kBlock, node, n.begin + 1, n.end - 1);
    } else if (n.has_type("jsx_attribute")) {
      add(HoleKind::kJsxAttribute, node, n.begin, n.end);
    } else if (n.has_type("decorator")) {
      add(HoleKind::kDecorator, node, n.begin, n.end);
    } else if (parent.has_type("arguments") && n.is_named && !n.has_type("comment")) {
      add(HoleKind::kArgument, node, n.begin, n.end);
    }
  }

  bool is_first_on_line(const FlatNode& node) const {
    for (std::uint32_t i = node.begin; i > 0 && code_.text[i - 1] != '\n'; --i) {
      if (code_.text[i - 1] != ' ' && code_.text[i - 1] != '\t') return false;
    }
    return true;
  }

  /// Returns where the line ends.
  std::uint32_t add_line(const FlatNode& node) {
    const std::size_t found = code_.text.find('\n', node.begin);
    auto end = static_cast<std::uint32_t>(found == std::string_view::npos ? code_.text.size() : found);
    const std::uint32_t line_end = end;
    while (end > node.begin && std::string_view(" \t\r").find(code_.text[end - 1]) != std::string_view::npos)
      --end;
    keep({HoleKind::kLine, node.begin, end});
    return line_end;
  }

  void add(HoleKind kind, std::uint32_t node, std::uint32_t begin, std::uint32_t end) {
    if (end - begin > kMaxBlockBytes) return;
    for (std::uint32_t inner = node; inner < code_.tree[node].subtree_end; ++inner) {
      if (code_.tree[inner].is_error || code_.tree[inner].is_missing) return;
    }
    keep({kind, begin, end});
  }

  void keep(const CutHole& hole) {
    const std::uint32_t most = hole.kind == HoleKind::kBlock ? kMaxBlockBytes : kMaxOtherBytes;
    if (hole.end - hole.begin > most) return;
    if (trim(code_.text.substr(hole.begin, hole.end - hole.begin)).size() < kMinBytes) return;
    holes_.push_back(hole);
  }

  const ParsedCode& code_;
  std::vector<CutHole> holes_;
};

}  // namespace

const char* name_of(HoleKind kind) {
  switch (kind) {
    case HoleKind::kLine:
      return "line";
    case HoleKind::kBlock:
      return "block";
    case HoleKind::kArgument:
      return "argument";
    case HoleKind::kJsxAttribute:
      return "jsx-attribute";
    case HoleKind::kDecorator:
      return "decorator";
  }
  return "line";
}

std::vector<CutHole> cut_holes(const ParsedCode& code) {
  return Cutter(code).run();
}

}  // namespace palimpsest::bench
