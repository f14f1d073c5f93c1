#include "evaluate/bench/syntax_check.h"

namespace palimpsest::bench {

SyntaxCheck::SyntaxCheck(syntax::SyntaxParser& parser, std::string_view prefix, std::string_view suffix,
                         std::string_view canonical, syntax::Grammar grammar)
    : parser_(parser), prefix_(prefix), suffix_(suffix), grammar_(grammar) {
  if (!canonical.empty() && !count_errors(canonical, allowed_)) allowed_ = {};
}

bool SyntaxCheck::is_valid(std::string_view middle) {
  syntax::SyntaxErrors errors;
  return count_errors(middle, errors) && errors.in_range <= allowed_.in_range &&
         errors.in_file <= allowed_.in_file;
}

bool SyntaxCheck::count_errors(std::string_view middle, syntax::SyntaxErrors& errors) {
  std::string file;
  file.reserve(prefix_.size() + middle.size() + suffix_.size());
  file.append(prefix_).append(middle).append(suffix_);
  const auto tree = parser_.parse_as(file, grammar_);
  if (!tree) return false;
  errors = syntax::count_syntax_errors(*tree, prefix_.size(), prefix_.size() + middle.size());
  return true;
}

}  // namespace palimpsest::bench
