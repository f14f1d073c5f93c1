// What the node types of a grammar mean to one user: comparing numbers is much faster than comparing names.
#pragma once

#include <string_view>
#include <vector>

#include "common/syntax/syntax_parser.h"

namespace palimpsest::ingest {

/// A value for each visible node symbol of a grammar. Immutable and thread-safe.
template <typename Value>
class SymbolTable {
 public:
  /// `value_of(name, is_named)` is asked once for each symbol; "class" is both a keyword and, named, an
  /// expression.
  template <typename ValueOf>
  SymbolTable(syntax::Grammar grammar, ValueOf value_of)
      : values_(ts_language_symbol_count(language(grammar))) {
    const TSLanguage* symbols = language(grammar);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const auto symbol = static_cast<TSSymbol>(i);
      const TSSymbolType type = ts_language_symbol_type(symbols, symbol);
      if (type == TSSymbolTypeAuxiliary) continue;
      values_[i] =
          value_of(std::string_view(ts_language_symbol_name(symbols, symbol)), type == TSSymbolTypeRegular);
    }
  }

  /// Value{} for ERROR, whose symbol is no grammar's.
  Value operator[](TSNode node) const {
    const TSSymbol symbol = ts_node_symbol(node);
    return symbol < values_.size() ? values_[symbol] : Value{};
  }

 private:
  std::vector<Value> values_;
};

/// The table by a `Value value_of(std::string_view name, bool is_named)`, made once for each grammar.
template <auto value_of>
const auto& symbols(syntax::Grammar grammar) {
  using Value = decltype(value_of(std::string_view(), false));
  static const SymbolTable<Value> typescript(syntax::Grammar::kTypeScript, value_of);
  static const SymbolTable<Value> tsx(syntax::Grammar::kTsx, value_of);
  return grammar == syntax::Grammar::kTsx ? tsx : typescript;
}

}  // namespace palimpsest::ingest
