#include "ingest/syntax_facts.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <unordered_set>
#include <utility>

#include "ingest/symbol_table.h"

namespace palimpsest::ingest {
namespace {

enum class Role : std::uint8_t {
  kNone,
  kImport,
  kExport,
  kRequireClause,
  kCall,
  kDecorator,
  kJsx,
  kStatement,
  kTrivia
};

Role role_of(std::string_view name, bool is_named) {
  static constexpr std::array<std::pair<std::string_view, Role>, 10> kRoles = {
      {{"import_statement", Role::kImport},
       {"export_statement", Role::kExport},
       {"import_require_clause", Role::kRequireClause},
       {"call_expression", Role::kCall},
       {"decorator", Role::kDecorator},
       {"jsx_opening_element", Role::kJsx},
       {"jsx_self_closing_element", Role::kJsx},
       {"expression_statement", Role::kStatement},
       {"comment", Role::kTrivia},
       {"hash_bang_line", Role::kTrivia}}};
  if (!is_named) return Role::kNone;
  const auto* found =
      std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& r) { return r.first == name; });
  return found == kRoles.end() ? Role::kNone : found->second;
}

bool has_type(TSNode node, std::string_view type) {
  return !ts_node_is_null(node) && ts_node_type(node) == type;
}

TSNode field(TSNode node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<std::uint32_t>(name.size()));
}

bool is_identifier_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Where in a text something can begin that facts are made of. Most of a tree holds nothing of it, and
/// walking a tree costs a fifth of making it.
class Marks {
 public:
  Marks(std::string_view text, syntax::Grammar grammar) {
    find_all(text, "port", 2, marks_);  // import, export
    find_all(text, "require", 0, marks_);
    find_all(text, "@", 0, marks_);
    std::sort(marks_.begin(), marks_.end());
    if (grammar == syntax::Grammar::kTsx) find_all(text, "<", 0, angles_);
  }

  /// Whether a mark lies in [begin, end). Nodes must come in document order.
  bool in(std::uint32_t begin, std::uint32_t end) {
    return has(marks_, next_mark_, begin, end) || has(angles_, next_angle_, begin, end);
  }

  /// One JSX element is enough.
  void forget_angles() { angles_.clear(); }

 private:
  /// The positions `back` bytes before each `word`.
  static void find_all(std::string_view text, std::string_view word, std::size_t back,
                       std::vector<std::uint32_t>& found) {
    const char* const end = text.data() + text.size();
    const char* at = text.data() + std::min(back, text.size());
    while ((at = static_cast<const char*>(
                memmem(at, static_cast<std::size_t>(end - at), word.data(), word.size()))) != nullptr) {
      found.push_back(static_cast<std::uint32_t>(at - text.data()) - static_cast<std::uint32_t>(back));
      at += word.size();
    }
  }

  static bool has(const std::vector<std::uint32_t>& offsets, std::size_t& next, std::uint32_t begin,
                  std::uint32_t end) {
    while (next < offsets.size() && offsets[next] < begin) ++next;
    return next < offsets.size() && offsets[next] < end;
  }

  std::vector<std::uint32_t> marks_;
  std::vector<std::uint32_t> angles_;
  std::size_t next_mark_ = 0;
  std::size_t next_angle_ = 0;
};

/// The word behind `@jsxImportSource` in the comments of the first lines.
std::string_view jsx_pragma(std::string_view text) {
  static constexpr std::string_view kPragma = "@jsxImportSource";
  static constexpr std::size_t kHeadBytes = 2048;
  const std::string_view head = text.substr(0, kHeadBytes);
  const std::size_t found = head.find(kPragma);
  if (found == std::string_view::npos) return {};
  std::string_view rest = head.substr(found + kPragma.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return rest.substr(0, rest.find_first_of(" \t\r\n*"));
}

class FactCollector {
 public:
  FactCollector(std::string_view text, const syntax::SyntaxTree& tree)
      : text_(text), tree_(tree), cursor_(tree.root()) {}

  SyntaxFacts collect() {
    if (const std::string_view pragma = jsx_pragma(text_); !pragma.empty()) {
      facts_.jsx_import_source = pragma;
      add_import(std::string(pragma));
    }
    collect_directives();
    facts_.is_barrel = is_barrel();
    const SymbolTable<Role>& role = symbols<role_of>(tree_.grammar);
    Marks marks(text_, tree_.grammar);
    cursor_.reset(tree_.root());
    bool enter = false;
    do {
      const TSNode node = cursor_.node();
      enter = marks.in(ts_node_start_byte(node), ts_node_end_byte(node));
      if (enter) visit(node, role[node]);
      if (facts_.has_jsx) marks.forget_angles();
    } while (cursor_.next(enter));
    resolve_decorators();
    for (const auto& [module, as_value] : seen_) {
      if (!as_value) facts_.type_only.push_back(module);
    }
    return std::move(facts_);
  }

 private:
  struct Binding {
    std::string_view module;
    std::string_view exported;  // empty for a namespace or default import
  };

  std::string_view text_of(TSNode node) const {
    return text_.substr(ts_node_start_byte(node), ts_node_end_byte(node) - ts_node_start_byte(node));
  }

  /// The value of a string node without its quotes; empty if the node is none.
  std::string_view string_value(TSNode node) const {
    if (!has_type(node, "string")) return {};
    const std::string_view quoted = text_of(node);
    return quoted.size() < 2 ? std::string_view() : quoted.substr(1, quoted.size() - 2);
  }

  void add_import(std::string module, bool as_value = true) {
    if (module.empty()) return;
    const auto [entry, is_new] = seen_.try_emplace(module, as_value);
    entry->second = entry->second || as_value;
    if (is_new) facts_.imports.push_back(std::move(module));
  }

  /// `import type …` and `export type … from`: the keyword is the second token.
  static bool is_type_only(TSNode statement) {
    return ts_node_child_count(statement) > 1 && has_type(ts_node_child(statement, 1), "type");
  }

  void visit(TSNode node, Role role) {
    switch (role) {
      case Role::kImport:
        return visit_import(node);
      case Role::kExport:
      case Role::kRequireClause:
        return add_import(std::string(string_value(field(node, "source"))), !is_type_only(node));
      case Role::kCall:
        return visit_call(node);
      case Role::kDecorator:
        return visit_decorator(node);
      case Role::kJsx:
        facts_.has_jsx = true;
        return;
      default:
        return;
    }
  }

  void visit_import(TSNode node) {
    const std::string_view module = string_value(field(node, "source"));
    if (module.empty()) return;
    add_import(std::string(module), !is_type_only(node));
    import_statements_.emplace_back(node, module);
  }

  void visit_call(TSNode node) {
    const TSNode function = field(node, "function");
    const bool is_load =
        has_type(function, "import") || (has_type(function, "identifier") && text_of(function) == "require");
    if (!is_load) return;
    const TSNode arguments = field(node, "arguments");
    if (ts_node_is_null(arguments)) return;
    add_import(std::string(string_value(ts_node_named_child(arguments, 0))));
  }

  /// Keeps `root` and `last` of `@root.middle.last(…)`; imports may stand below, so they are resolved at the
  /// end.
  void visit_decorator(TSNode node) {
    std::string_view rest = text_of(node);
    rest.remove_prefix(1);
    std::string root;
    std::string last;
    for (;;) {
      const auto end = std::find_if_not(rest.begin(), rest.end(), &is_identifier_char);
      last.assign(rest.begin(), end);
      if (root.empty()) root = last;
      rest.remove_prefix(static_cast<std::size_t>(end - rest.begin()));
      if (last.empty() || !rest.starts_with('.')) break;
      rest.remove_prefix(1);
    }
    if (!last.empty() && decorators_seen_.insert(root + "." + last).second)
      decorators_.emplace_back(root, last);
  }

  /// What the names of an import statement stand for.
  void bind_names(TSNode statement, std::string_view module) {
    cursor_.reset(statement);
    bool enter = true;
    do {
      const TSNode part = cursor_.node();
      const bool is_specifier = has_type(part, "import_specifier");
      enter = !is_specifier;
      if (is_specifier) {
        const TSNode name = field(part, "name");
        const TSNode alias = field(part, "alias");
        if (ts_node_is_null(name)) continue;
        bindings_[text_of(ts_node_is_null(alias) ? name : alias)] = {module, text_of(name)};
      } else if (has_type(part, "identifier")) {
        bindings_[text_of(part)] = {module, ""};
      }
    } while (cursor_.next(enter));
  }

  void resolve_decorators() {
    if (decorators_.empty()) return;
    for (const auto& [statement, module] : import_statements_) bind_names(statement, module);
    for (auto& [root, last] : decorators_) {
      const auto found = bindings_.find(root);
      if (found == bindings_.end()) {
        facts_.decorators.push_back({last, ""});
      } else {
        const Binding& binding = found->second;
        const bool is_exported = root == last && !binding.exported.empty();
        facts_.decorators.push_back(
            {is_exported ? std::string(binding.exported) : last, std::string(binding.module)});
      }
    }
  }

  void collect_directives() {
    cursor_.reset(tree_.root());
    if (!cursor_.first_child()) return;
    const SymbolTable<Role>& role = symbols<role_of>(tree_.grammar);
    do {
      const TSNode node = cursor_.node();
      if (role[node] == Role::kTrivia) continue;
      const std::string_view value =
          role[node] == Role::kStatement ? string_value(ts_node_named_child(node, 0)) : std::string_view();
      if (value.empty()) return;
      facts_.directives.emplace_back(value);
    } while (cursor_.next_sibling());
  }

  /// True when every statement loads from another module and at least one exports; `export { a }` of an
  /// import too.
  bool is_barrel() {
    cursor_.reset(tree_.root());
    if (!cursor_.first_child()) return false;
    const SymbolTable<Role>& role = symbols<role_of>(tree_.grammar);
    bool exports = false;
    do {
      const TSNode node = cursor_.node();
      if (role[node] == Role::kTrivia || role[node] == Role::kImport) continue;
      if (role[node] != Role::kExport) return false;
      const bool passes_on =
          !ts_node_is_null(field(node, "source")) || has_type(ts_node_named_child(node, 0), "export_clause");
      if (!passes_on) return false;
      exports = true;
    } while (cursor_.next_sibling());
    return exports;
  }

  std::string_view text_;
  const syntax::SyntaxTree& tree_;
  syntax::TreeCursor cursor_;
  SyntaxFacts facts_;
  std::map<std::string, bool, std::less<>> seen_;  // modules, and whether any import of it is of a value
  std::unordered_set<std::string> decorators_seen_;
  std::vector<std::pair<TSNode, std::string_view>> import_statements_;  // with their modules
  std::map<std::string_view, Binding> bindings_;
  std::vector<std::pair<std::string, std::string>> decorators_;
};

}  // namespace

SyntaxFacts collect_facts(std::string_view text, const syntax::SyntaxTree& tree) {
  return FactCollector(text, tree).collect();
}

}  // namespace palimpsest::ingest
