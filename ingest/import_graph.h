// Which files of a source import which: relative imports and the usual aliases, resolved to files that are
// there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/package_info.h"

namespace palimpsest::ingest {

struct GraphFile {
  std::string_view path;
  const std::vector<std::string>* imports = nullptr;
};

/// For each file the files that it imports or that import it, each once, in ascending order. `@/x` and `~/x`
/// are taken as x below the nearest package's folder or its src/. REQUIRES: files are sorted by path.
std::vector<std::vector<std::size_t>> import_neighbours(const std::vector<GraphFile>& files,
                                                        const PackageTree& packages);

}  // namespace palimpsest::ingest
