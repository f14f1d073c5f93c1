#include "ingest/chunker.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ingest/non_white.h"
#include "ingest/symbol_table.h"

namespace palimpsest::ingest {
namespace {

using Offset = std::uint32_t;

// A window below 1/kTiny of the budget is not worth a chunk of its own when a level of the tree begins or
// ends.
constexpr std::uint32_t kTiny = 8;
// Deeper scopes keep the name of the scope at this depth: a chain of names must not grow with hostile
// nesting.
constexpr std::uint32_t kMaxScopeDepth = 8;
constexpr std::size_t kMaxNameBytes = 80;

template <std::size_t size>
bool is_one_of(std::string_view name, const std::array<std::string_view, size>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What a node type means for cutting.
struct Role {
  bool names_scope = false;
  bool is_comment = false;
  bool leads = false;   // stays with what follows it
  bool trails = false;  // stays with what precedes it
  bool is_main =
      false;  // says what a chunk is about; a token, a name or a block says no more than the node around it
  bool exports = false;
};

bool names_scope(std::string_view type) {
  static constexpr std::array<std::string_view, 15> kTypes = {"class_declaration",
                                                              "abstract_class_declaration",
                                                              "class",
                                                              "function_declaration",
                                                              "function_expression",
                                                              "generator_function_declaration",
                                                              "method_definition",
                                                              "interface_declaration",
                                                              "enum_declaration",
                                                              "internal_module",
                                                              "module",
                                                              "type_alias_declaration",
                                                              "variable_declarator",
                                                              "public_field_definition",
                                                              "generator_function"};
  return is_one_of(type, kTypes);
}

bool is_main(std::string_view type) {
  static constexpr std::array<std::string_view, 4> kEndings = {"_declaration", "_statement", "_definition",
                                                               "_signature"};
  static constexpr std::array<std::string_view, 5> kTypes = {"comment", "class", "internal_module",
                                                             "jsx_element", "jsx_self_closing_element"};
  return is_one_of(type, kTypes) ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return type.ends_with(ending); });
}

Role role_of(std::string_view type, bool is_named) {
  static constexpr std::array<std::string_view, 6> kTrailing = {";", ",", ")", "]", "}", ">"};
  return {.names_scope = is_named && names_scope(type),
          .is_comment = type == "comment",
          .leads = type == "comment" || type == "decorator",
          .trails = is_one_of(type, kTrailing),
          .is_main = is_named && is_main(type),
          .exports = type == "export_statement"};
}

struct Scope {
  std::uint32_t depth = 0;
  std::string chain;  // `UserService.create`
};

/// A span of text that ends with `node`; what lies between begin and the node are comments and white space.
struct Piece {
  Offset begin = 0;
  Offset end = 0;
  std::uint32_t scope = 0;
  std::string_view kind = "program";  // type of the nearest main node: of `node` itself, or around it
  bool level_end = false;             // a marker, not a span
  TSNode node{};
};

class Chunker {
 public:
  Chunker(std::string_view text, const syntax::SyntaxTree& tree, std::uint32_t budget)
      : text_(text),
        budget_(budget),
        roles_(symbols<role_of>(tree.grammar)),
        cursor_(tree.root()),
        scopes_(1),
        non_white_(text) {
    if (text.empty()) return;
    const Piece whole{.begin = 0, .end = static_cast<Offset>(text.size()), .node = tree.root()};
    if (count(whole.begin, whole.end) > budget) {
      pieces_.push_back(whole);
    } else {
      add_children(whole);  // all fit into one chunk, which their first main node describes
      for (const Piece& piece : pieces_) extend(piece);
      pieces_.clear();
      end_ = whole.end;
    }
  }

  std::vector<io::Chunk> run() {
    while (!pieces_.empty()) {
      const Piece piece = pieces_.back();
      pieces_.pop_back();
      if (piece.level_end) {
        end_level();
      } else if (count(begin_, piece.end) <= budget_) {
        extend(piece);
      } else if (count(piece.begin, piece.end) <= budget_) {
        flush();
        extend(piece);
      } else {
        split(piece);
      }
    }
    flush();
    return std::move(chunks_);
  }

 private:
  std::uint32_t count(Offset begin, Offset end) const { return non_white_.count(begin, end); }

  void extend(const Piece& piece) {
    describe(piece);
    end_ = piece.end;
  }

  /// The chunk is described by its first node that is neither comment nor import, if there is one.
  void describe(const Piece& piece) {
    int rank = 2;
    if (piece.kind == "import_statement") rank = 1;
    if (piece.kind == "comment") rank = 0;
    if (rank <= rank_) return;
    rank_ = rank;
    kind_ = piece.kind;
    scope_ = piece.scope;
  }

  void flush() {
    if (end_ == begin_) return;
    chunks_.push_back({.begin = begin_,
                       .end = end_,
                       .kind = std::string(kind_),
                       .scope = scopes_[scope_].chain,
                       .framework = {}});
    begin_ = end_;
    rank_ = -1;
  }

  void end_level() {
    if (count(begin_, end_) >= budget_ / kTiny) flush();
  }

  void split(const Piece& piece) {
    const std::size_t first = pieces_.size();
    add_children(piece);
    if (pieces_.size() == first) return split_leaf(piece);
    end_level();
    // A pending marker serves this level too, so nesting does not pile markers up.
    if (first == 0 || !pieces_[first - 1].level_end) {
      pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(first), Piece{.level_end = true});
    }
    std::reverse(pieces_.begin() + static_cast<std::ptrdiff_t>(first) + (pieces_[first].level_end ? 1 : 0),
                 pieces_.end());
  }

  /// Appends the pieces that tile [piece.begin, piece.end), one for each child with its comments and tokens.
  void add_children(const Piece& piece) {
    cursor_.reset(piece.node);
    if (!cursor_.first_child()) return;
    const std::uint32_t scope = scope_inside(piece);
    const std::size_t first = pieces_.size();
    bool leading = false;  // the last piece is a comment or decorator that waits for its owner
    Offset end = piece.begin;
    do {
      const TSNode child = cursor_.node();
      const Offset child_end = ts_node_end_byte(child);
      if (child_end <= end) continue;  // zero width: an inserted semicolon, or something missing
      const Role role = roles_[child];
      const Offset child_begin = std::max(ts_node_start_byte(child), end);
      const std::string_view gap = text_.substr(end, child_begin - end);
      const bool has_piece = pieces_.size() > first;
      const bool same_line = gap.find('\n') == std::string_view::npos;
      if (has_piece && !leading && (role.trails || (role.is_comment && same_line))) {
        pieces_.back().end = child_end;
      } else if (leading && has_piece && !is_detached(pieces_.back().node, gap)) {
        own(pieces_.back(), child, role, piece, scope);
        leading = role.leads;
      } else {
        const Offset begin = has_piece ? end + static_cast<Offset>(line_end(gap)) : piece.begin;
        if (has_piece) pieces_.back().end = begin;
        pieces_.push_back({.begin = begin});
        own(pieces_.back(), child, role, piece, scope);
        leading = role.leads;
      }
      end = child_end;
    } while (cursor_.next_sibling());
    if (pieces_.size() > first) pieces_.back().end = piece.end;
  }

  /// Makes `child` the node that `piece` ends with. A leaf before the body, such as a name, is not yet inside
  /// the scope.
  void own(Piece& piece, TSNode child, Role role, const Piece& parent, std::uint32_t inner_scope) const {
    TSNode main = child;
    if (role.exports) {  // `class_declaration` for an exported class
      const TSNode declaration = ts_node_child_by_field_name(child, "declaration", 11);
      if (!ts_node_is_null(declaration)) main = declaration;
    }
    piece.end = ts_node_end_byte(child);
    piece.node = child;
    piece.kind = roles_[main].is_main ? std::string_view(ts_node_type(main)) : parent.kind;
    piece.scope = ts_node_child_count(child) == 0 ? parent.scope : inner_scope;
  }

  /// A comment with an empty line below it belongs to the file, not to what follows.
  bool is_detached(TSNode leading, std::string_view gap) const {
    return roles_[leading].is_comment && std::count(gap.begin(), gap.end(), '\n') > 1;
  }

  /// Where in the white space between two nodes the line of the first one ends; 0 if both are on one line.
  static std::size_t line_end(std::string_view gap) {
    const std::size_t newline = gap.find('\n');
    return newline == std::string_view::npos ? 0 : newline + 1;
  }

  void split_leaf(const Piece& piece) {
    end_level();
    extend(piece);
    while (count(begin_, piece.end) > budget_) {
      end_ = cut_position();
      flush();
      extend(piece);
    }
  }

  /// The furthest end of a chunk that starts at begin_: at a line end if there is one, else between two code
  /// points.
  Offset cut_position() const {
    const auto limit = static_cast<Offset>(non_white_.reach(begin_, budget_));
    const std::size_t newline = text_.substr(begin_, limit - begin_).rfind('\n');
    const bool usable =
        newline != std::string_view::npos && count(begin_, begin_ + static_cast<Offset>(newline)) > 0;
    return usable ? begin_ + static_cast<Offset>(newline) + 1 : limit;
  }

  std::uint32_t scope_inside(const Piece& piece) {
    if (!roles_[piece.node].names_scope) return piece.scope;
    const TSNode name = ts_node_child_by_field_name(piece.node, "name", 4);
    const std::uint32_t depth = scopes_[piece.scope].depth + 1;
    if (ts_node_is_null(name) || depth > kMaxScopeDepth) return piece.scope;
    const std::size_t bytes = ts_node_end_byte(name) - ts_node_start_byte(name);
    if (bytes == 0 || bytes > kMaxNameBytes) return piece.scope;
    std::string chain = scopes_[piece.scope].chain;
    chain.append(chain.empty() ? "" : ".").append(text_.substr(ts_node_start_byte(name), bytes));
    scopes_.push_back({depth, std::move(chain)});
    return static_cast<std::uint32_t>(scopes_.size() - 1);
  }

  std::string_view text_;
  std::uint32_t budget_;
  const SymbolTable<Role>& roles_;
  syntax::TreeCursor cursor_;
  std::vector<Scope> scopes_;
  NonWhiteIndex non_white_;
  std::vector<Piece> pieces_;  // a stack: the next piece of text is last
  std::vector<io::Chunk> chunks_;
  Offset begin_ = 0;  // the window [begin_, end_) becomes the next chunk
  Offset end_ = 0;
  int rank_ = -1;
  std::string_view kind_ = "program";
  std::uint32_t scope_ = 0;
};

}  // namespace

std::vector<io::Chunk> chunk_text(std::string_view text, const syntax::SyntaxTree& tree,
                                  std::uint32_t budget) {
  return Chunker(text, tree, budget).run();
}

}  // namespace palimpsest::ingest
