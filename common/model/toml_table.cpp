#include "common/model/toml_table.h"

#include <fmt/format.h>

namespace palimpsest::model {

toml::table parse_toml(std::string_view text, const std::string& where) {
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    throw base::Error(
        base::ErrorCode::kUsage, "not valid TOML: " + std::string(error.description()),
        {.where = fmt::format("{}:{}:{}", where, error.source().begin.line, error.source().begin.column)});
  }
}

const toml::array* TomlTable::array(const std::string& key) {
  used_.insert(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array()) {
    throw base::Error(base::ErrorCode::kUsage, "key \"" + key + "\" has the wrong type",
                      {.expected = "an array", .where = where_});
  }
  return node->as_array();
}

void TomlTable::check_all_used() const {
  for (const auto& [key, value] : table_) {
    if (used_.contains(std::string(key.str()))) continue;
    std::string known;
    for (const std::string& name : used_) known += (known.empty() ? "" : ", ") + name;
    throw base::Error(base::ErrorCode::kUsage, "unknown key \"" + std::string(key.str()) + "\"",
                      {.expected = "one of " + known, .where = where_});
  }
}

}  // namespace palimpsest::model
