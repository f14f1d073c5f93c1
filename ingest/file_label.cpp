#include "ingest/file_label.h"

#include <algorithm>
#include <utility>

#include "ingest/pattern.h"

namespace palimpsest::ingest {
namespace {

// Evidence of at least this strength decides by itself; weaker evidence is a hint.
constexpr double kDeciding = 0.5;
constexpr double kMaxConfidence = 0.99;
// Modules of that strength are the family's own, not companions.
constexpr double kOwnModule = 0.9;
// A type says less than a value: adapters name the types of frameworks that they do not use.
constexpr double kTypeOnly = 0.8;

bool covers(const std::vector<std::string>& patterns, std::string_view module) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_module(pattern, module); });
}

bool is_in(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool covers_any(const std::vector<std::string>& patterns, const std::vector<std::string>& modules) {
  return std::any_of(modules.begin(), modules.end(),
                     [&](const std::string& module) { return covers(patterns, module); });
}

/// Finds the evidence that the rules of one family give.
class RuleMatcher {
 public:
  RuleMatcher(const Family& family, std::size_t index, std::string_view path, const SyntaxFacts& facts,
              const std::vector<std::string>& local, const PackageInfo* package, bool depends,
              std::vector<Evidence>& evidence)
      : family_(family),
        index_(index),
        path_(path),
        facts_(facts),
        local_(local),
        package_(package),
        depends_(depends),
        evidence_(evidence) {}

  void match_all() {
    for (const Rule& rule : family_.rules) {
      if (!rule.needs_dependency || depends_) match(rule);
    }
  }

 private:
  void add(EvidenceKind kind, const Rule& rule, std::string text, double share = 1) {
    evidence_.push_back({kind, index_, rule.strength * share, std::move(text)});
  }

  void match_import(const Rule& rule, const std::string& module) {
    if (module.starts_with('.') || module.starts_with("@/") || module.starts_with("~/")) return;
    if (!covers(rule.patterns, module) || is_in(local_, module)) return;
    const bool type_only = std::binary_search(facts_.type_only.begin(), facts_.type_only.end(), module);
    add(EvidenceKind::kImport, rule, (type_only ? "import type " : "import ") + module,
        type_only ? kTypeOnly : 1);
  }

  void match(const Rule& rule) {
    switch (rule.kind) {
      case RuleKind::kImport:
        for (const std::string& module : facts_.imports) match_import(rule, module);
        return;
      case RuleKind::kDecorator:
        return match_decorators(rule);
      case RuleKind::kDirective:
        for (const std::string& directive : facts_.directives) {
          if (is_in(rule.patterns, directive)) add(EvidenceKind::kSyntax, rule, "directive " + directive);
        }
        return;
      case RuleKind::kJsx:
        return match_jsx(rule);
      case RuleKind::kPath:
        for (const std::string& pattern : rule.patterns) {
          if (matches_path(pattern, path_)) return add(EvidenceKind::kPath, rule, "path " + pattern);
        }
        return;
    }
  }

  void match_decorators(const Rule& rule) {
    for (const Decorator& decorator : facts_.decorators) {
      if (!is_in(rule.patterns, decorator.name)) continue;
      const bool is_ours = std::any_of(family_.rules.begin(), family_.rules.end(), [&](const Rule& other) {
        return other.kind == RuleKind::kImport && covers(other.patterns, decorator.module);
      });
      if (is_ours)
        add(EvidenceKind::kSyntax, rule, "decorator @" + decorator.name + " of " + decorator.module);
    }
  }

  /// JSX is a syntax that several frameworks share; the family it belongs to shows in the imports, in an
  /// `@jsxImportSource` comment (one of the imports), or else in what the package depends on.
  void match_jsx(const Rule& rule) {
    if (!facts_.has_jsx || covers_any(rule.not_with, facts_.imports)) return;
    const bool foreign_package =
        package_ != nullptr && !depends_ && covers_any(rule.not_with, package_->dependencies);
    if (!foreign_package) add(EvidenceKind::kSyntax, rule, "JSX");
  }

  const Family& family_;
  std::size_t index_;
  std::string_view path_;
  const SyntaxFacts& facts_;
  const std::vector<std::string>& local_;
  const PackageInfo* package_;
  bool depends_;
  std::vector<Evidence>& evidence_;
};

/// True when the package is one of the family's own modules: nestjs-clock is a Nest library.
bool is_own_module(const Family& family, const std::string& name) {
  return std::any_of(family.rules.begin(), family.rules.end(), [&](const Rule& rule) {
    return rule.kind == RuleKind::kImport && rule.strength >= kOwnModule && !rule.needs_dependency &&
           covers(rule.patterns, name);
  });
}

/// True when the package is named like the family's companions: next-x that has next as a peer is for
/// Next.js.
bool is_companion(const Family& family, const std::string& name) {
  return std::any_of(family.rules.begin(), family.rules.end(), [&](const Rule& rule) {
    return rule.kind == RuleKind::kImport && rule.strength >= kDeciding && covers(rule.patterns, name);
  });
}

/// True when the package.json names a dependency of the family.
bool states(const Family& family, const PackageInfo& package) {
  const bool peers = family.peers || is_companion(family, package.name);
  return std::any_of(package.dependencies.begin(), package.dependencies.end(), [&](const std::string& name) {
    return covers(family.dependencies, name) &&
           (peers || !std::binary_search(package.peers.begin(), package.peers.end(), name));
  });
}

std::string_view below_package(std::string_view path, const PackageInfo* package) {
  if (package == nullptr || package->directory.empty()) return path;
  return path.substr(package->directory.size() + 1);
}

}  // namespace

const char* evidence_name(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::kImport:
      return "import";
    case EvidenceKind::kSyntax:
      return "syntax";
    case EvidenceKind::kPath:
      return "path";
    case EvidenceKind::kGraph:
      return "graph";
    case EvidenceKind::kPackage:
      return "package";
  }
  return "unknown";
}

FileLabeller::FileLabeller(const FrameworkTable& table, const PackageTree& packages)
    : table_(table), packages_(packages) {
  for (const auto& [folder, package] : packages.all()) {
    std::vector<bool>& depends = depends_[&package];
    for (const Family& family : table.families) {
      depends.push_back(!package.workspace_root && states(family, package));
    }
  }
}

bool FileLabeller::depends(const PackageInfo* package, std::size_t family) const {
  const auto found = depends_.find(package);
  return found != depends_.end() && found->second[family];
}

bool FileLabeller::builds_on(std::size_t family, std::size_t base) const {
  const std::vector<std::size_t>& bases = table_.families[family].builds_on;
  return std::find(bases.begin(), bases.end(), base) != bases.end();
}

bool FileLabeller::are_related(std::size_t a, std::size_t b) const {
  return a == b || builds_on(a, b) || builds_on(b, a);
}

bool FileLabeller::is_devoted_to(const PackageInfo* package, std::size_t family) const {
  const Family& rules = table_.families[family];
  return covers_any(rules.application, package->runtime) || is_own_module(rules, package->name);
}

bool FileLabeller::lives_in_application(const PackageInfo* package, std::size_t family) const {
  return covers_any(table_.families[family].application, package->needed_peers);
}

bool FileLabeller::needs_as_peer(const PackageInfo* package, std::size_t family) const {
  const Family& rules = table_.families[family];
  return rules.peers && covers_any(rules.dependencies, package->needed_peers);
}

std::vector<Evidence> FileLabeller::collect(std::string_view path, const SyntaxFacts& facts,
                                            const std::vector<std::string>& local) const {
  const PackageInfo* package = packages_.nearest(path);
  std::vector<Evidence> evidence;
  for (std::size_t i = 0; i < table_.families.size(); ++i) {
    RuleMatcher(table_.families[i], i, below_package(path, package), facts, local, package,
                depends(package, i), evidence)
        .match_all();
  }
  std::stable_sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.strength > b.strength;
  });
  return evidence;
}

FileLabel FileLabeller::decide(std::vector<Evidence> evidence) const {
  FileLabel label{.family = table_.default_family,
                  .confidence = 0,
                  .has_evidence = !evidence.empty(),
                  .decided = false,
                  .evidence = {}};
  if (evidence.empty()) return label;
  // Evidence is sorted by precedence, then strength: the first that is strong enough decides, else the
  // strongest hint.
  auto winner = std::find_if(evidence.begin(), evidence.end(),
                             [](const Evidence& e) { return e.strength >= kDeciding; });
  label.decided = winner != evidence.end();
  if (!label.decided) {
    winner = std::max_element(evidence.begin(), evidence.end(),
                              [](const Evidence& a, const Evidence& b) { return a.strength < b.strength; });
  }
  label.family = winner->family;
  for (const Evidence& item : evidence) {
    if (item.strength >= kDeciding && builds_on(item.family, label.family)) label.family = item.family;
  }
  double doubt = 1;
  double rival = 0;
  for (const Evidence& item : evidence) {
    if (item.family == label.family) {
      doubt *= 1 - item.strength;
    } else if (!builds_on(label.family, item.family) && !builds_on(item.family, label.family)) {
      rival = std::max(rival, item.strength);
    }
  }
  label.confidence = std::min((1 - doubt) * (1 - rival / 2), kMaxConfidence);
  const auto first = std::stable_partition(evidence.begin(), evidence.end(),
                                           [&](const Evidence& e) { return e.family == label.family; });
  static_cast<void>(first);
  label.evidence = std::move(evidence);
  return label;
}

FileLabel FileLabeller::label(std::string_view path, const SyntaxFacts& facts,
                              const std::vector<std::string>& local) const {
  return decide(collect(path, facts, local));
}

}  // namespace palimpsest::ingest
