// The parts of a path inside a source.
#pragma once

#include <cstddef>
#include <string_view>

namespace palimpsest::ingest {

/// `a/b` of `a/b/c.ts`, empty for the root.
inline std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// `c.ts` of `a/b/c.ts`.
inline std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// Visits folder_of(path), its parents and the root, nearest first, until `visit` returns true.
template <typename Visit>
void for_each_folder_upward(std::string_view path, Visit visit) {
  do {
    path = folder_of(path);
    if (visit(path)) return;
  } while (!path.empty());
}

}  // namespace palimpsest::ingest
