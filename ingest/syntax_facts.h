// What framework rules look at in a file: imports, decorators, directives, JSX. Taken from its syntax tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/syntax/syntax_parser.h"

namespace palimpsest::ingest {

/// `@Injectable()` with the module that `Injectable` was imported from.
struct Decorator {
  std::string name;    ///< as that module exports it
  std::string module;  ///< empty when the file does not import it
};

struct SyntaxFacts {
  std::vector<std::string>
      imports;  ///< module specifiers in order of first use: import, export from, require, import()
  std::vector<std::string> type_only;   ///< those of `imports` that are only loaded as types, sorted
  std::vector<Decorator> decorators;    ///< in order, each pair once
  std::vector<std::string> directives;  ///< "use client" and the like at the beginning
  std::string jsx_import_source;        ///< of an `@jsxImportSource` comment; also one of `imports`
  bool has_jsx = false;
  bool is_barrel = false;  ///< nothing but imports and exports of other modules
};

SyntaxFacts collect_facts(std::string_view text, const syntax::SyntaxTree& tree);

}  // namespace palimpsest::ingest
