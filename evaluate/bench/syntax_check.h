// Does a filled file still parse?
#pragma once

#include <string>
#include <string_view>

#include "common/syntax/syntax_errors.h"
#include "common/syntax/syntax_parser.h"

namespace palimpsest::bench {

/// Judges fills of one hole. Not thread-safe.
class SyntaxCheck {
 public:
  /// The errors that prefix + canonical + suffix has count for nothing against a fill. Without a canonical
  /// middle (empty) none is allowed.
  SyntaxCheck(syntax::SyntaxParser& parser, std::string_view prefix, std::string_view suffix,
              std::string_view canonical, syntax::Grammar grammar);

  /// True when the filled file has no more ERROR and MISSING nodes than the canonical one, neither inside or
  /// touching the hole nor in the whole file: an open bracket may show far from it. False for a file that the
  /// parser refuses.
  bool is_valid(std::string_view middle);

 private:
  bool count_errors(std::string_view middle, syntax::SyntaxErrors& errors);

  syntax::SyntaxParser& parser_;
  std::string_view prefix_;
  std::string_view suffix_;
  syntax::Grammar grammar_;
  syntax::SyntaxErrors allowed_;
};

}  // namespace palimpsest::bench
