// frameworks.toml: the families of frameworks, in label order, and the rules that give evidence for them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

enum class RuleKind { kImport, kDecorator, kDirective, kJsx, kPath };

struct Rule {
  RuleKind kind = RuleKind::kImport;
  std::vector<std::string> patterns;  ///< modules, names, texts or paths, by kind; none for kJsx
  std::vector<std::string> not_with;  ///< kJsx: modules that rule this family out
  double strength = 0;                ///< 0 to 1
  bool needs_dependency = false;  ///< only if the nearest package.json lists one of the family's dependencies
};

struct Family {
  std::string label;
  std::vector<std::size_t> builds_on;     ///< families whose evidence this one includes
  std::vector<std::string> dependencies;  ///< package patterns
  bool peers = true;                      ///< a peer dependency is one of them
  std::vector<std::string>
      application;  ///< those that an application of the family states under `dependencies`
  std::vector<Rule> rules;
};

struct FrameworkTable {
  std::vector<Family> families;  ///< at least one; the order is the order of labels
  std::size_t default_family = 0;

  std::vector<std::string> labels() const;
};

/// Throws Error{kBadData} that names `where` and the line: bad TOML, an unknown key, a label twice, no
/// default.
FrameworkTable parse_framework_table(std::string_view toml, const std::string& where);

/// The table that was compiled in, as text.
std::string_view built_in_frameworks();

}  // namespace palimpsest::ingest
