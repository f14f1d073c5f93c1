// TypeScript inside source maps: many packages ship their sources only as `sourcesContent` of *.js.map.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

struct MappedSource {
  std::string path;  ///< normalised, inside the package
  std::string text;
};

struct SourceMapContent {
  std::vector<MappedSource> sources;      ///< TypeScript only, in the map's order
  std::size_t vendored = 0;               ///< TypeScript from node_modules, left out
  std::vector<std::string> without_text;  ///< TypeScript that is named, but whose text is not in the map
  std::size_t declarations = 0;           ///< .d.ts, left out
};

/// Reads a source map (version 3) found at `map_path` in its package; nullopt when it is damaged.
std::optional<SourceMapContent> read_source_map(std::string_view json, std::string_view map_path);

/// Where a source named in a map would lie in the package: resolves it against the map's folder, drops
/// schemes such as `webpack://name/`, queries, and `..` that lead out of the package. `dist/a.js.map`, "",
/// `../src/a.ts` → `src/a.ts`.
std::string mapped_path(std::string_view map_path, std::string_view source_root, std::string_view source);

}  // namespace palimpsest::ingest
