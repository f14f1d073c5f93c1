#include "evaluate/bench/syntax_check.h"

namespace palimpsest::bench {

SyntaxCheck::SyntaxCheck(syntax::SyntaxParser& parser, std::string_view prefix, std::string_view suffix,
                         std::string_view canonical, syntax::Grammar grammar)
    : parser_(parser), prefix_(prefix), suffix_(suffix), grammar_(grammar) {
  if (!canonical.empty() && !count_errors(canonical, allowed_)) allowed_ = {};
}

bool SyntaxCheck::is_valid(std::string_view middle) {
  Errors errors;
  return count_errors(middle, errors) && errors.at_hole <= allowed_.at_hole &&
         errors.in_file <= allowed_.in_file;
}

bool SyntaxCheck::count_errors(std::string_view middle, Errors& errors) {
  std::string file;
  file.reserve(prefix_.size() + middle.size() + suffix_.size());
  file.append(prefix_).append(middle).append(suffix_);
  const auto tree = parser_.parse_as(file, grammar_);
  if (!tree) return false;
  if (!ts_node_has_error(tree->root())) return true;
  syntax::TreeCursor cursor(tree->root());
  bool enter = true;
  do {
    const TSNode node = cursor.node();
    enter = ts_node_has_error(node);
    if (!ts_node_is_error(node) && !ts_node_is_missing(node)) continue;
    ++errors.in_file;
    const bool touches = ts_node_end_byte(node) >= prefix_.size() &&
                         ts_node_start_byte(node) <= prefix_.size() + middle.size();
    if (touches) ++errors.at_hole;
  } while (cursor.next(enter));
  return true;
}

}  // namespace palimpsest::bench
