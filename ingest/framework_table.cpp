#include "ingest/framework_table.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "common/base/error.h"
#include "ingest/pattern.h"

namespace palimpsest::embedded {
extern const std::string_view ingest_frameworks;  // made by CMake from frameworks.toml
}

namespace palimpsest::ingest {
namespace {

constexpr std::array<std::pair<std::string_view, RuleKind>, 5> kRuleKinds = {
    {{"import", RuleKind::kImport},
     {"decorator", RuleKind::kDecorator},
     {"directive", RuleKind::kDirective},
     {"jsx", RuleKind::kJsx},
     {"path", RuleKind::kPath}}};

class TableParser {
 public:
  explicit TableParser(std::string where) : where_(std::move(where)) {}

  FrameworkTable parse(const toml::table& root) {
    check_keys(root, {"family"});
    const toml::array* families = root["family"].as_array();
    if (families == nullptr || families->empty()) fail(root, "table of frameworks has no [[family]]");
    for (const toml::node& node : *families) {
      const toml::table* family = node.as_table();
      if (family == nullptr) fail(node, "family is not a table");
      add_family(*family);
    }
    if (!default_) fail(root, "no family has default = true");
    table_.default_family = *default_;
    for (std::size_t i = 0; i < table_.families.size(); ++i) resolve_bases(*(*families)[i].as_table(), i);
    return std::move(table_);
  }

 private:
  [[noreturn]] void fail(const toml::node& node, const std::string& message) const {
    throw base::Error(base::ErrorCode::kBadData, message,
                      {.where = fmt::format("{}:{}", where_, node.source().begin.line)});
  }

  void check_keys(const toml::table& table, std::initializer_list<std::string_view> known) const {
    for (const auto& [key, value] : table) {
      const bool is_known = std::find(known.begin(), known.end(), key.str()) != known.end();
      if (!is_known) fail(value, fmt::format("unknown key \"{}\"", key.str()));
    }
  }

  std::vector<std::string> strings(const toml::table& table, std::string_view key) const {
    std::vector<std::string> result;
    const toml::node* node = table.get(key);
    if (node == nullptr) return result;
    const toml::array* array = node->as_array();
    if (array == nullptr) fail(*node, fmt::format("\"{}\" is not an array of strings", key));
    for (const toml::node& item : *array) {
      const std::optional<std::string> text = item.value<std::string>();
      if (!text || text->empty()) fail(item, fmt::format("\"{}\" holds something that is not a string", key));
      result.push_back(*text);
    }
    return result;
  }

  bool flag(const toml::table& table, std::string_view key, bool otherwise = false) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) fail(*node, fmt::format("\"{}\" is not true or false", key));
    return node->as_boolean()->get();
  }

  std::optional<std::size_t> index_of(std::string_view label) const {
    for (std::size_t i = 0; i < table_.families.size(); ++i) {
      if (table_.families[i].label == label) return i;
    }
    return std::nullopt;
  }

  void add_family(const toml::table& table) {
    check_keys(table, {"label", "default", "builds_on", "dependencies", "peers", "application", "rule"});
    const std::string label = table["label"].value_or(std::string());
    if (label.empty()) fail(table, "family has no label");
    if (index_of(label)) fail(table, fmt::format("label \"{}\" occurs twice", label));
    if (flag(table, "default")) {
      if (default_) fail(table, "a second family has default = true");
      default_ = table_.families.size();
    }
    Family family{.label = label,
                  .builds_on = {},
                  .dependencies = strings(table, "dependencies"),
                  .peers = flag(table, "peers", true),
                  .application = strings(table, "application"),
                  .rules = {}};
    if (const toml::node* rules = table.get("rule")) {
      const toml::array* array = rules->as_array();
      if (array == nullptr) fail(*rules, "rules are not written as [[family.rule]]");
      for (const toml::node& node : *array) family.rules.push_back(parse_rule(node));
    }
    table_.families.push_back(std::move(family));
  }

  Rule parse_rule(const toml::node& node) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) fail(node, "rule is not a table");
    check_keys(*table, {"import", "decorator", "directive", "jsx", "path", "not_with", "strength",
                        "needs_dependency"});
    Rule rule{.kind = {},
              .patterns = {},
              .not_with = strings(*table, "not_with"),
              .strength = (*table)["strength"].value_or(-1.0),
              .needs_dependency = flag(*table, "needs_dependency")};
    int kinds = 0;
    for (const auto& [key, kind] : kRuleKinds) {
      if (!table->contains(key)) continue;
      ++kinds;
      rule.kind = kind;
      if (kind == RuleKind::kJsx) {
        if (!flag(*table, key)) fail(*table, "\"jsx\" can only be true");
        continue;
      }
      for (const std::string& pattern : strings(*table, key)) {
        const auto plain = expand_braces(pattern);
        rule.patterns.insert(rule.patterns.end(), plain.begin(), plain.end());
      }
    }
    if (kinds != 1) fail(*table, "a rule needs exactly one of import, decorator, directive, jsx, path");
    if (!(rule.strength > 0 && rule.strength <= 1))
      fail(*table, "a rule needs a strength above 0, at most 1");
    return rule;
  }

  void resolve_bases(const toml::table& table, std::size_t family) {
    for (const std::string& label : strings(table, "builds_on")) {
      const std::optional<std::size_t> base = index_of(label);
      if (!base || *base == family)
        fail(table, fmt::format("builds_on names \"{}\", which is no other family", label));
      table_.families[family].builds_on.push_back(*base);
    }
  }

  std::string where_;
  FrameworkTable table_;
  std::optional<std::size_t> default_;
};

}  // namespace

std::vector<std::string> FrameworkTable::labels() const {
  std::vector<std::string> result;
  for (const Family& family : families) result.push_back(family.label);
  return result;
}

std::string_view built_in_frameworks() {
  return embedded::ingest_frameworks;
}

FrameworkTable parse_framework_table(std::string_view text, const std::string& where) {
  try {
    return TableParser(where).parse(toml::parse(text, where));
  } catch (const toml::parse_error& error) {
    throw base::Error(base::ErrorCode::kBadData, "bad TOML: " + std::string(error.description()),
                      {.where = fmt::format("{}:{}", where, error.source().begin.line)});
  }
}

}  // namespace palimpsest::ingest
