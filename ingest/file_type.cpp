#include "ingest/file_type.h"

#include <algorithm>
#include <array>

#include "ingest/folders.h"
#include "ingest/license_files.h"

namespace palimpsest::ingest {
namespace {

constexpr std::string_view kVendorFolder = "node_modules/";

/// `x.d.ts`, and `x.d.css.ts`, which TypeScript writes for other file types.
bool is_declaration(std::string_view name) {
  return name.find(".d.") != std::string_view::npos;
}

template <std::size_t size>
bool ends_with_any(std::string_view name, const std::array<std::string_view, size>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return name.ends_with(e); });
}

}  // namespace

FileType file_type(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kTypeScript = {".ts", ".tsx", ".mts", ".cts"};
  static constexpr std::array<std::string_view, 4> kMaps = {".js.map", ".mjs.map", ".cjs.map", ".jsx.map"};
  const std::string_view name = base_name(path);
  if (name == "package.json") return FileType::kPackage;
  if (ends_with_any(name, kTypeScript)) {
    return is_declaration(name) ? FileType::kDeclaration : FileType::kTypeScript;
  }
  if (ends_with_any(name, kMaps)) return FileType::kSourceMap;
  return is_license_name(name) ? FileType::kLicense : FileType::kOther;
}

bool is_tsx(std::string_view path) {
  return path.ends_with(".tsx");
}

bool is_vendored(std::string_view path) {
  return path.starts_with(kVendorFolder) || path.find("/node_modules/") != std::string_view::npos;
}

}  // namespace palimpsest::ingest
