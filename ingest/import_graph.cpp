#include "ingest/import_graph.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

namespace palimpsest::ingest {
namespace {

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

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

class Resolver {
 public:
  Resolver(const std::vector<GraphFile>& files, const PackageTree& packages) : packages_(packages) {
    for (std::size_t i = 0; i < files.size(); ++i) by_path_.emplace(files[i].path, i);
  }

  std::optional<std::size_t> resolve(std::string_view from, std::string_view module) const {
    if (module.starts_with('.')) return find(join(folder_of(from), module));
    if (!module.starts_with("@/") && !module.starts_with("~/")) return std::nullopt;
    const PackageInfo* package = packages_.nearest(from);
    const std::string root = package == nullptr ? std::string() : package->directory;
    const std::string_view rest = module.substr(2);
    const auto direct = find(join(root, rest));
    return direct ? direct : find(join(root, "src/" + std::string(rest)));
  }

 private:
  std::optional<std::size_t> find(const std::optional<std::string>& path) const {
    if (!path) return std::nullopt;
    static constexpr std::array<std::string_view, 7> kEndings = {"",     ".ts",       ".tsx",      ".mts",
                                                                 ".cts", "/index.ts", "/index.tsx"};
    static constexpr std::array<std::string_view, 4> kCompiled = {".js", ".jsx", ".mjs", ".cjs"};
    std::string stem = *path;
    for (const std::string_view ending : kCompiled) {
      if (stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
    }
    for (const std::string_view ending : kEndings) {
      const std::string candidate = (ending.empty() ? *path : stem) + std::string(ending);
      if (const auto found = by_path_.find(candidate); found != by_path_.end()) return found->second;
    }
    return std::nullopt;
  }

  const PackageTree& packages_;
  std::unordered_map<std::string_view, std::size_t> by_path_;
};

}  // namespace

std::vector<std::vector<std::size_t>> import_neighbours(const std::vector<GraphFile>& files,
                                                        const PackageTree& packages) {
  const Resolver resolver(files, packages);
  std::vector<std::vector<std::size_t>> neighbours(files.size());
  for (std::size_t from = 0; from < files.size(); ++from) {
    for (const std::string& module : *files[from].imports) {
      const std::optional<std::size_t> to = resolver.resolve(files[from].path, module);
      if (!to || *to == from) continue;
      neighbours[from].push_back(*to);
      neighbours[*to].push_back(from);
    }
  }
  for (std::vector<std::size_t>& list : neighbours) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return neighbours;
}

}  // namespace palimpsest::ingest
