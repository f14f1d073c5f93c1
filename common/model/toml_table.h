// Reading TOML tables strictly: every key must be known and of the right type.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include <toml++/toml.h>

#include "common/base/error.h"

namespace palimpsest::model {

/// Throws Error{kUsage} with line and column.
toml::table parse_toml(std::string_view text, const std::string& where);

/// One table. Remember each key that is asked for; check_all_used() refuses the rest.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  /// The value of `key`, or `fallback` when it is absent. Throws Error{kUsage} on a wrong type.
  template <typename T>
  T get(const std::string& key, T fallback) {
    used_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value<T>();
    if (!value)
      throw base::Error(base::ErrorCode::kUsage, "key \"" + key + "\" has the wrong type", {.where = where_});
    return *value;
  }

  const toml::array* array(const std::string& key);

  void check_all_used() const;
  const std::string& where() const { return where_; }

 private:
  const toml::table& table_;
  std::string where_;
  std::set<std::string> used_;
};

}  // namespace palimpsest::model
