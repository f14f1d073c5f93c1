// JSON for small things: manifests, tokenizer.json, states, reports. Bulk documents go through simdjson
// (document.h).
#pragma once

#include <filesystem>
#include <string_view>

#include <nlohmann/json.hpp>

namespace palimpsest::io {

/// Keeps the order of keys, so that files we write read in a sensible order.
using Json = nlohmann::ordered_json;

/// Throws Error{kBadData} that names `where` and the byte offset.
Json parse_json(std::string_view text, const std::string& where);

/// read_file + parse_json.
Json read_json(const std::filesystem::path& path);

/// Indented, with a newline at the end, written atomically.
void write_json(const std::filesystem::path& path, const Json& value);

/// object.at(key) as T; Error{kBadData} that names key and `where` when it is missing or of another type.
template <typename T>
T require(const Json& object, const char* key, const std::string& where);

[[noreturn]] void throw_bad_field(const char* key, const char* why, const std::string& where);

template <typename T>
T require(const Json& object, const char* key, const std::string& where) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end()) throw_bad_field(key, "is missing", where);
  try {
    return found->template get<T>();
  } catch (const Json::exception&) {
    throw_bad_field(key, "has the wrong type", where);
  }
}

}  // namespace palimpsest::io
