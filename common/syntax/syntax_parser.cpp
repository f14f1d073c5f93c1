#include "common/syntax/syntax_parser.h"

#include <cstring>
#include <new>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "common/syntax/parse_guard.h"
#include "common/syntax/parse_memory.h"

extern "C" const TSLanguage* tree_sitter_typescript();
extern "C" const TSLanguage* tree_sitter_tsx();
extern "C" const TSLanguage* tree_sitter_javascript();

namespace palimpsest::syntax {
namespace {

// Above this share of bytes in error, the other grammar gets a try.
constexpr double kRetryErrorShare = 0.01;

std::uint64_t count_error_bytes(TSNode root) {
  if (!ts_node_has_error(root)) return 0;
  std::uint64_t bytes = 0;
  TreeCursor cursor(root);
  bool enter = true;
  do {
    const TSNode node = cursor.node();
    const bool is_error = ts_node_is_error(node);
    if (is_error) bytes += ts_node_end_byte(node) - ts_node_start_byte(node);
    enter = !is_error && ts_node_has_error(node);
  } while (cursor.next(enter));
  return bytes;
}

Grammar other(Grammar grammar) {
  return grammar == Grammar::kTypeScript ? Grammar::kTsx : Grammar::kTypeScript;
}

}  // namespace

const TSLanguage* language(Grammar grammar) {
  if (grammar == Grammar::kJavaScript) return tree_sitter_javascript();
  return grammar == Grammar::kTsx ? tree_sitter_tsx() : tree_sitter_typescript();
}

const char* language_name(Grammar grammar) {
  if (grammar == Grammar::kJavaScript) return "javascript";
  return grammar == Grammar::kTsx ? "tsx" : "typescript";
}

bool TreeCursor::next(bool enter) {
  if (enter && first_child()) return true;
  while (!next_sibling()) {
    if (!ts_tree_cursor_goto_parent(&cursor_)) return false;
  }
  return true;
}

SyntaxParser::SyntaxParser() {
  use_parse_memory();
  parser_.reset(ts_parser_new());
  if (!parser_) throw std::bad_alloc();
}

std::optional<SyntaxTree> SyntaxParser::parse_as(std::string_view text, Grammar grammar) {
  if (!ts_parser_set_language(parser_.get(), language(grammar))) {
    throw base::Error(base::ErrorCode::kBug, "grammar and tree-sitter runtime do not fit");
  }
  if (text.size() > kMaxBracketDepth && bracket_depth(text) > kMaxBracketDepth) return std::nullopt;
  ParseGuard guard(text);
  const TSParseOptions options = guard.options();
  SyntaxTree result{.tree = base::Handle<TSTree, ts_tree_delete>(
                        ts_parser_parse_with_options(parser_.get(), nullptr, guard.input(), options)),
                    .grammar = grammar};
  if (!result.tree || guard.met_limit()) {
    ts_parser_reset(parser_.get());
    base::throw_if_stopped();
    return std::nullopt;
  }
  result.error_bytes = count_error_bytes(result.root());
  return result;
}

std::optional<SyntaxTree> SyntaxParser::parse(std::string_view text, Grammar first) {
  std::optional<SyntaxTree> best = parse_as(text, first);
  const double allowed = kRetryErrorShare * static_cast<double>(text.size());
  if (best && static_cast<double>(best->error_bytes) <= allowed) return best;
  std::optional<SyntaxTree> second = parse_as(text, other(first));
  if (!best || (second && second->error_bytes < best->error_bytes)) return second;
  return best;
}

}  // namespace palimpsest::syntax
