#include "ingest/import_graph.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_map>

#include "ingest/folders.h"

namespace palimpsest::ingest {
namespace {

/// Joins and resolves `.` and `..`; nullopt when the result lies above the root.
std::optional<std::string> join(std::string_view folder, std::string_view relative) {
  std::string path(folder);
  while (!relative.empty()) {
    const std::size_t slash = relative.find('/');
    const std::string_view part = relative.substr(0, slash);
    relative.remove_prefix(slash == std::string_view::npos ? relative.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (path.empty()) return std::nullopt;
      path.resize(folder_of(path).size());
    } else {
      path.append(path.empty() ? "" : "/").append(part);
    }
  }
  return path;
}

/// What an import may leave out: `a` is a.ts, a.native.tsx, a/index.ts.
std::string_view import_stem(std::string_view path) {
  static constexpr std::array<std::string_view, 12> kEndings = {
      ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".ios", ".android", ".native", ".web"};
  static constexpr std::size_t kPlatforms = 8;
  const auto strip = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (path.ends_with(kEndings[i])) return path.remove_suffix(kEndings[i].size());
    }
  };
  strip(0, kPlatforms);
  strip(kPlatforms, kEndings.size());
  return path;
}

class Resolver {
 public:
  Resolver(const std::vector<FactFile>& files, const PackageTree& packages, const PackageTree& units)
      : files_(files), packages_(packages), units_(units) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::string_view stem = import_stem(files[i].path);
      by_path_.emplace(files[i].path, i);
      by_stem_.emplace(stem, i);
      by_name_[base_name(stem)].push_back(i);
      if (stem.ends_with("/index")) {
        const std::string_view folder = folder_of(stem);
        by_index_.emplace(folder, i);
        by_name_[base_name(folder)].push_back(i);
      }
    }
    for (const auto& [folder, package] : packages.all()) {
      if (!package.name.empty()) by_package_.emplace(package.name, folder);
    }
    for (const auto& [folder, unit] : units.all()) add_library(folder);
  }

  std::optional<std::size_t> relative(std::string_view from, std::string_view module) const {
    const auto path = join(folder_of(from), module);
    return path ? find(*path) : std::nullopt;
  }

  /// `@/a`, `~/a`, `#a/b`, `$lib/a`, `@components/a`, `src/a`: below the package's folder or its src/.
  std::optional<std::size_t> alias(std::string_view from, std::string_view module) const {
    const std::string_view head = module.substr(0, module.find('/'));
    const bool sigil = std::string_view("@~#$").find(module.front()) != std::string_view::npos;
    const bool bare_sigil = sigil && head.find_first_not_of("@~#$") == std::string_view::npos;
    if (!bare_sigil && is_declared(from, module)) return std::nullopt;
    if (head.size() == module.size() && !sigil) return std::nullopt;  // a word alone is a package
    const std::string_view rest = bare_sigil ? module.substr(std::min(head.size() + 1, module.size()))
                                             : module.substr(module.find_first_not_of("@~#$"));
    if (rest.empty()) return std::nullopt;
    if (const auto found = below_roots(from, rest)) return found;
    if (!sigil) return std::nullopt;
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos) {
      if (const auto found = by_suffix(from, rest)) return found;
      if (!bare_sigil) return below_roots(from, rest.substr(slash + 1));
    }
    return std::nullopt;
  }

  /// A package of the same repository, by its name, or a library folder that a name such as @org/shared-ui
  /// means.
  std::optional<std::size_t> workspace(std::string_view from, std::string_view module) const {
    const std::string_view name = package_of_module(module);
    if (name.empty()) return std::nullopt;
    std::string_view folder;
    if (const auto found = by_package_.find(name); found != by_package_.end()) {
      folder = found->second;
    } else if (name.front() == '@' && !is_declared(from, module)) {
      const auto library = by_library_.find(module.substr(module.find('/') + 1));
      if (library == by_library_.end()) return std::nullopt;
      return first_of(library->second, {"/src", "", "/src/public-api", "/src/main"});
    } else {
      return std::nullopt;
    }
    if (name.size() == module.size()) return first_of(folder, {"/src", "", "/src/main", "/lib"});
    const std::string rest(module.substr(name.size()));
    return first_of(folder, {rest, "/src" + rest, "/lib" + rest, "/src/components" + rest});
  }

 private:
  /// `libs/shared/ui` is imported as shared-ui, shared/ui or ui.
  void add_library(std::string_view folder) {
    const std::size_t container = folder.find('/');
    if (container == std::string_view::npos) return;
    std::string name(folder.substr(container + 1));
    by_library_.emplace(name, folder);
    std::replace(name.begin(), name.end(), '/', '-');
    by_library_.emplace(std::move(name), folder);
  }

  /// The file that a package.json says is not in the repository: a dependency by name.
  bool is_declared(std::string_view from, std::string_view module) const {
    const std::string name(package_of_module(module));
    const PackageInfo* package = packages_.nearest(from);
    for (const PackageInfo* p : {package, packages_.root()}) {
      if (p != nullptr && std::binary_search(p->dependencies.begin(), p->dependencies.end(), name))
        return true;
    }
    return false;
  }

  std::optional<std::size_t> below_roots(std::string_view from, std::string_view rest) const {
    for (const PackageTree* tree : {&units_, &packages_}) {
      const PackageInfo* package = tree->nearest(from);
      const std::string folder = package == nullptr ? std::string() : package->directory;
      const std::string tail = "/" + std::string(rest);
      if (const auto found = first_of(folder, {tail, "/src" + tail, "/app" + tail, "/src/app" + tail}))
        return found;
    }
    return std::nullopt;
  }

  /// The file below the package whose path ends so; the one with the shortest path.
  std::optional<std::size_t> by_suffix(std::string_view from, std::string_view rest) const {
    const std::string_view stem = import_stem(rest);
    const auto named = by_name_.find(base_name(stem));
    if (named == by_name_.end()) return std::nullopt;
    const PackageInfo* unit = units_.nearest(from);
    std::optional<std::size_t> best;
    for (const std::size_t i : named->second) {
      std::string_view path = import_stem(files_[i].path);
      if (!path.ends_with(stem) && path.ends_with("/index")) path = folder_of(path);
      const bool ends_so =
          path.size() > stem.size() && path.ends_with(stem) && path[path.size() - stem.size() - 1] == '/';
      if (!ends_so || units_.nearest(files_[i].path) != unit) continue;
      if (!best || files_[i].path.size() < files_[*best].path.size()) best = i;
    }
    return best;
  }

  std::optional<std::size_t> first_of(std::string_view folder, const std::vector<std::string>& tails) const {
    for (const std::string& tail : tails) {
      const auto path = join(folder, tail);
      if (const auto found = path ? find(*path) : std::nullopt) return found;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> find(std::string_view path) const {
    if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    for (const std::string_view stem : {path, import_stem(path)}) {
      if (const auto found = by_stem_.find(stem); found != by_stem_.end()) return found->second;
      if (const auto found = by_index_.find(stem); found != by_index_.end()) return found->second;
    }
    return std::nullopt;
  }

  const std::vector<FactFile>& files_;
  const PackageTree& packages_;
  const PackageTree& units_;
  std::unordered_map<std::string_view, std::size_t> by_path_;
  std::unordered_map<std::string_view, std::size_t> by_stem_;
  std::unordered_map<std::string_view, std::size_t> by_index_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_name_;
  std::unordered_map<std::string_view, std::string_view> by_package_;
  std::map<std::string, std::string_view, std::less<>> by_library_;
};

void sort_unique(std::vector<std::size_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

std::string_view package_of_module(std::string_view module) {
  if (module.empty() || std::string_view("./~#$").find(module.front()) != std::string_view::npos) return {};
  std::size_t slash = module.find('/');
  if (module.front() == '@') {
    if (slash == std::string_view::npos || slash == 1) return {};
    slash = module.find('/', slash + 1);
  }
  return module.substr(0, slash);
}

std::vector<FileEdges> import_graph(const std::vector<FactFile>& files, const PackageTree& packages,
                                    const PackageTree& units) {
  const Resolver resolver(files, packages, units);
  std::vector<FileEdges> edges(files.size());
  for (std::size_t from = 0; from < files.size(); ++from) {
    for (const std::string& module : files[from].facts->imports) {
      if (module.empty()) continue;
      std::optional<std::size_t> to;
      if (module.front() == '.') {
        to = resolver.relative(files[from].path, module);
      } else if ((to = resolver.workspace(files[from].path, module))) {
        // A package that loads itself by its name.
        if (units.nearest(files[*to].path) == units.nearest(files[from].path))
          edges[from].aliases.push_back(module);
      } else if ((to = resolver.alias(files[from].path, module))) {
        edges[from].aliases.push_back(module);
      }
      if (!to || *to == from) continue;
      edges[from].imports.push_back(*to);
      edges[*to].importers.push_back(from);
    }
  }
  for (FileEdges& edge : edges) {
    sort_unique(edge.imports);
    sort_unique(edge.importers);
  }
  return edges;
}

}  // namespace palimpsest::ingest
