#include "ingest/source_map.h"

#include <simdjson.h>

#include "ingest/file_type.h"

namespace palimpsest::ingest {
namespace {

namespace sj = simdjson::dom;

/// Removes `scheme://authority/` and reports whether there was one. In `webpack:///./src/a.ts` the authority
/// is empty.
bool drop_scheme(std::string_view& source) {
  const std::size_t scheme = source.find("://");
  if (scheme == std::string_view::npos) return false;
  source.remove_prefix(scheme + 3);
  const std::size_t slash = source.find('/');
  source.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1);
  return true;
}

/// Resolves `.` and `..`; a `..` above the root is dropped.
std::string normalise(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string result;
  for (const std::string_view part : parts) result.append(result.empty() ? "" : "/").append(part);
  return result;
}

void add_source(const sj::element& content, std::string path, SourceMapContent& result) {
  const FileType type = file_type(path);
  if (type == FileType::kDeclaration) ++result.declarations;
  if (type != FileType::kTypeScript) return;
  std::string_view text;
  if (is_vendored(path)) {
    ++result.vendored;
  } else if (content.get(text) != simdjson::SUCCESS) {
    result.without_text.push_back(std::move(path));
  } else {
    result.sources.push_back({std::move(path), std::string(text)});
  }
}

}  // namespace

std::string mapped_path(std::string_view map_path, std::string_view source_root, std::string_view source) {
  if (const std::size_t query = source.find('?'); query != std::string_view::npos)
    source = source.substr(0, query);
  if (drop_scheme(source) || source.starts_with('/')) return normalise(source);
  const std::size_t slash = map_path.rfind('/');
  std::string path(slash == std::string_view::npos ? std::string_view() : map_path.substr(0, slash));
  if (drop_scheme(source_root) || source_root.starts_with('/')) path.clear();
  return normalise(path.append("/").append(source_root).append("/").append(source));
}

std::optional<SourceMapContent> read_source_map(std::string_view json, std::string_view map_path) {
  sj::parser parser;
  sj::object map;
  sj::array sources;
  if (parser.parse(simdjson::padded_string(json)).get(map) != simdjson::SUCCESS) return std::nullopt;
  if (map["sources"].get(sources) != simdjson::SUCCESS) return std::nullopt;
  SourceMapContent result;
  std::string_view root;
  if (map["sourceRoot"].get(root) != simdjson::SUCCESS) root = {};
  sj::array contents;
  const bool has_contents = map["sourcesContent"].get(contents) == simdjson::SUCCESS;
  auto content = has_contents ? contents.begin() : sj::array::iterator();
  auto left = has_contents ? contents.size() : 0;
  for (const sj::element item : sources) {
    const sj::element text = left > 0 ? *content : sj::element();
    std::string_view name;
    if (item.get(name) == simdjson::SUCCESS) {
      std::string path = mapped_path(map_path, root, name);
      if (left > 0) {
        add_source(text, std::move(path), result);
      } else if (file_type(path) == FileType::kTypeScript) {
        result.without_text.push_back(std::move(path));
      }
    }
    if (left > 0) {
      ++content;
      --left;
    }
  }
  return result;
}

}  // namespace palimpsest::ingest
