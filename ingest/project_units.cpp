#include "ingest/project_units.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

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

struct Unit {
  const PackageInfo* package = nullptr;  // null when it has none of its own
  std::size_t files = 0;
  std::map<std::string, std::size_t, std::less<>> used;  // files that import a package
};

}  // namespace

PackageTree project_units(const PackageTree& packages, const std::vector<FactFile>& files) {
  std::map<std::string, Unit> units;
  for (const FactFile& file : files) {
    const PackageInfo* package = packages.nearest(file.path);
    const std::string folder = package == nullptr ? std::string() : package->directory;
    const std::string_view below = folder.empty() ? file.path : file.path.substr(folder.size() + 1);
    const bool whole = package != nullptr && !package->workspace_root;
    const std::string_view sub = unit_below(below, whole);
    std::string key = folder;
    if (!sub.empty()) key += (key.empty() ? "" : "/") + std::string(sub);
    Unit& unit = units[key];
    if (sub.empty() && whole) unit.package = package;
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
    std::sort(info.dependencies.begin(), info.dependencies.end());
    info.directory = folder;
    if (info.name.empty()) info.name = folder.empty() ? "." : folder;
    tree.add(std::move(info));
  }
  return tree;
}

}  // namespace palimpsest::ingest
