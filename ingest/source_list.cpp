#include "ingest/source_list.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "common/base/error.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

std::string_view text_of(const toml::table& entry, const char* key, const std::string& place) {
  const toml::node* node = entry.get(key);
  if (node == nullptr) return {};
  if (const auto* text = node->as_string()) return text->get();
  throw base::Error(base::ErrorCode::kBadData, fmt::format("`{}` is no string", key), {.where = place});
}

SourceSpec parse_entry(const toml::node& node, const std::string& where, const fs::path& folder) {
  const std::string place = fmt::format("{}:{}", where, node.source().begin.line);
  const toml::table* entry = node.as_table();
  if (entry == nullptr) {
    throw base::Error(base::ErrorCode::kBadData, "bad source list",
                      {.expected = "[[source]]", .where = place});
  }
  std::string bytes;
  if (const auto* number = entry->get_as<std::int64_t>("bytes")) bytes = std::to_string(number->get());
  const SourceRow row{.source = text_of(*entry, "source", place),
                      .package = text_of(*entry, "package", place),
                      .version = text_of(*entry, "version", place),
                      .integrity = text_of(*entry, "integrity", place),
                      .revision = text_of(*entry, "revision", place),
                      .bytes = bytes};
  try {
    return make_source(row, folder);
  } catch (const base::Error& error) {
    throw base::Error(base::ErrorCode::kBadData, error.what(), {.where = place});
  }
}

}  // namespace

std::vector<SourceSpec> parse_toml_list(std::string_view toml, const std::string& where,
                                        const fs::path& folder) {
  toml::table root;
  try {
    root = toml::parse(toml, where);
  } catch (const toml::parse_error& error) {
    throw base::Error(base::ErrorCode::kBadData, std::string("bad TOML: ") + std::string(error.description()),
                      {.where = fmt::format("{}:{}", where, error.source().begin.line)});
  }
  const toml::array* entries = root.get_as<toml::array>("source");
  if (entries == nullptr || entries->empty()) {
    throw base::Error(base::ErrorCode::kBadData, "source list is empty",
                      {.expected = "[[source]] tables", .where = where});
  }
  std::vector<SourceSpec> specs;
  for (const toml::node& node : *entries) specs.push_back(parse_entry(node, where, folder));
  return specs;
}

std::vector<SourceSpec> parse_list(std::string_view text, const fs::path& file) {
  return file.extension() == ".toml" ? parse_toml_list(text, file.string(), file.parent_path())
                                     : parse_source_list(text, file.string(), file.parent_path());
}

}  // namespace palimpsest::ingest
