#include "ingest/package_info.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <simdjson.h>

#include "common/base/error.h"
#include "ingest/folders.h"

namespace palimpsest::ingest {
namespace {

namespace sj = simdjson::dom;

std::string text_or_empty(const sj::object& object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

/// `license: "MIT"`, or the old forms `license: {type: "MIT"}` and `licenses: [{type: "MIT"}, …]`.
std::string parse_license(const sj::object& object) {
  if (std::string plain = text_or_empty(object, "license"); !plain.empty()) {
    return plain.starts_with("SEE LICENSE") ? std::string() : plain;
  }
  sj::object typed;
  if (object["license"].get(typed) == simdjson::SUCCESS) return text_or_empty(typed, "type");
  sj::array several;
  if (object["licenses"].get(several) != simdjson::SUCCESS) return {};
  std::string expression;
  for (const sj::element item : several) {
    if (item.get(typed) != simdjson::SUCCESS) continue;
    if (const std::string type = text_or_empty(typed, "type"); !type.empty()) {
      expression += (expression.empty() ? "" : " OR ") + type;
    }
  }
  return expression;
}

void add_dependencies(const sj::object& object, const char* key, std::vector<std::string>& names) {
  sj::object table;
  if (object[key].get(table) != simdjson::SUCCESS) return;
  for (const sj::key_value_pair field : table) names.emplace_back(field.key);
}

bool is_optional_peer(const sj::object& object, const std::string& name) {
  bool optional = false;
  return object["peerDependenciesMeta"][name]["optional"].get(optional) == simdjson::SUCCESS && optional;
}

}  // namespace

PackageInfo parse_package(std::string_view json, std::string directory, const std::string& where) {
  sj::parser parser;
  sj::object object;
  if (const auto error = parser.parse(simdjson::padded_string(json)).get(object);
      error != simdjson::SUCCESS) {
    throw base::Error(base::ErrorCode::kBadData,
                      std::string("bad package.json: ") + simdjson::error_message(error), {.where = where});
  }
  PackageInfo package{.directory = std::move(directory),
                      .name = text_or_empty(object, "name"),
                      .version = text_or_empty(object, "version"),
                      .license = parse_license(object)};
  for (const char* key : {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}) {
    add_dependencies(object, key, package.dependencies);
  }
  add_dependencies(object, "dependencies", package.runtime);
  std::sort(package.runtime.begin(), package.runtime.end());
  add_dependencies(object, "peerDependencies", package.peers);
  std::erase_if(package.peers, [&](const std::string& name) {
    return std::binary_search(package.runtime.begin(), package.runtime.end(), name);
  });
  std::sort(package.peers.begin(), package.peers.end());
  std::copy_if(package.peers.begin(), package.peers.end(), std::back_inserter(package.needed_peers),
               [&](const std::string& name) { return !is_optional_peer(object, name); });
  std::sort(package.dependencies.begin(), package.dependencies.end());
  package.dependencies.erase(std::unique(package.dependencies.begin(), package.dependencies.end()),
                             package.dependencies.end());
  package.workspace_root = object["workspaces"].error() == simdjson::SUCCESS;
  return package;
}

void PackageTree::add(PackageInfo package) {
  std::string key = package.directory;
  by_directory_.insert_or_assign(std::move(key), std::move(package));
}

const PackageInfo* PackageTree::nearest(std::string_view path) const {
  const PackageInfo* nearest = nullptr;
  for_each_folder_upward(path, [&](std::string_view folder) {
    const auto found = by_directory_.find(folder);
    if (found == by_directory_.end()) return false;
    const PackageInfo& package = found->second;
    if (package.name.empty() && package.dependencies.empty()) return false;
    nearest = &package;
    return true;
  });
  return nearest;
}

std::string PackageTree::license(std::string_view path) const {
  std::string license;
  for_each_folder_upward(path, [&](std::string_view folder) {
    const auto found = by_directory_.find(folder);
    if (found == by_directory_.end() || found->second.license.empty()) return false;
    // Scaffolding tools put UNLICENSED into packages inside a licensed one; the outer statement covers them.
    license = found->second.license;
    return license != kUnlicensed;
  });
  return license;
}

const PackageInfo* PackageTree::root() const {
  const auto found = by_directory_.find("");
  return found == by_directory_.end() ? nullptr : &found->second;
}

}  // namespace palimpsest::ingest
