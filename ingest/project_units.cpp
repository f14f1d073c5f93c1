#include "ingest/project_units.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "ingest/folders.h"

namespace palimpsest::ingest {
namespace {

// A package that does not state a dependency has it all the same when that share of its files imports it:
// thin package.json files of libraries in a monorepo.
constexpr double kUsedShare = 0.3;

constexpr std::array<std::string_view, 4> kContainers = {"apps", "libs", "packages", "projects"};
// Only where no package.json says that it is one application.
constexpr std::array<std::string_view, 7> kMoreContainers = {"services",  "examples", "templates", "backends",
                                                             "frontends", "plugins",  "functions"};
constexpr std::array<std::string_view, 4> kHalves = {"backend", "frontend", "client", "mobile"};

// A folder with one of these is an application of its own: templates and examples inside a package.
constexpr std::array<std::string_view, 9> kAppConfigs = {
    "next.config.ts", "next.config.mts",  "nuxt.config.ts",   "astro.config.ts",        "vite.config.ts",
    "app.config.ts",  "gatsby-config.ts", "svelte.config.ts", "electron.vite.config.ts"};

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The first `count` parts of the path; empty when it has no more parts than that.
std::string_view first_parts(std::string_view path, int count) {
  std::size_t slash = std::string_view::npos;
  for (int i = 0; i < count; ++i) {
    slash = path.find('/', slash + 1);
    if (slash == std::string_view::npos) return {};
  }
  return path.substr(0, slash);
}

/// The unit's folder below a package's; empty = the package itself. `whole` is false where the package.json
/// is missing or a workspace root's.
std::string_view unit_below(std::string_view path, bool whole) {
  const std::string_view head = path.substr(0, path.find('/'));
  const bool contained = is_one_of(kContainers, head) || (!whole && is_one_of(kMoreContainers, head));
  if (!contained && whole) return {};
  if (const std::size_t src = path.find("/src/"); src != std::string_view::npos && head != "src") {
    // libs/shared/ui/src/x.ts: all before src.
    if (!contained || path.substr(0, src).find('/') != std::string_view::npos) return path.substr(0, src);
  }
  if (contained) return first_parts(path, 2);
  return is_one_of(kHalves, head) ? first_parts(path, 1) : std::string_view();
}

/// Folders that hold the configuration of an application.
std::set<std::string_view> configured_folders(const std::vector<FactFile>& files) {
  std::set<std::string_view> folders;
  for (const FactFile& file : files) {
    const std::size_t slash = file.path.rfind('/');
    if (slash == std::string_view::npos) continue;
    const std::string_view folder = file.path.substr(0, slash);
    const bool inside_sources =
        folder == "src" || folder.ends_with("/src") || folder.find("src/") != std::string_view::npos;
    if (!inside_sources && is_one_of(kAppConfigs, file.path.substr(slash + 1))) folders.insert(folder);
  }
  return folders;
}

/// The longest folder of `folders` that holds the path, or empty.
std::string_view enclosing(const std::set<std::string_view>& folders, std::string_view path) {
  std::string_view found;
  for_each_folder_upward(path, [&](std::string_view folder) {
    if (folders.contains(folder)) found = folder;
    return !found.empty();
  });
  return found;
}

struct Unit {
  const PackageInfo* package = nullptr;  // null when it has none of its own
  std::size_t files = 0;
  std::map<std::string, std::size_t, std::less<>> used;  // files that import a package
};

}  // namespace

PackageTree project_units(const PackageTree& packages, const std::vector<FactFile>& files) {
  std::map<std::string, Unit> units;
  const std::set<std::string_view> configured = configured_folders(files);
  for (const FactFile& file : files) {
    const PackageInfo* package = packages.nearest(file.path);
    const std::string folder = package == nullptr ? std::string() : package->directory;
    const std::string_view below = folder.empty() ? file.path : file.path.substr(folder.size() + 1);
    const bool whole = package != nullptr && !package->workspace_root;
    const std::string_view sub = unit_below(below, whole);
    std::string key = folder;
    if (!sub.empty()) key += (key.empty() ? "" : "/") + std::string(sub);
    if (const std::string_view app = enclosing(configured, file.path); app.size() > key.size()) key = app;
    Unit& unit = units[key];
    if (key == folder && whole) unit.package = package;
    ++unit.files;
    std::set<std::string_view> names;
    for (const std::string& module : file.facts->imports) names.insert(package_of_module(module));
    for (const std::string_view name : names) {
      if (!name.empty()) ++unit.used[std::string(name)];
    }
  }
  PackageTree tree;
  for (auto& [folder, unit] : units) {
    PackageInfo info;
    if (unit.package != nullptr) info = *unit.package;
    const double enough = unit.package == nullptr ? 0 : kUsedShare * static_cast<double>(unit.files);
    for (const auto& [name, count] : unit.used) {
      if (static_cast<double>(count) >= enough) info.dependencies.push_back(name);
    }
    if (!info.name.empty()) info.dependencies.push_back(info.name);  // a framework's own package uses itself
    std::sort(info.dependencies.begin(), info.dependencies.end());
    info.directory = folder;
    if (info.name.empty()) info.name = folder.empty() ? "." : folder;
    tree.add(std::move(info));
  }
  return tree;
}

}  // namespace palimpsest::ingest
