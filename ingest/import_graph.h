// Which files of a source import which: relative imports, aliases and workspace packages, resolved to files
// that are there. Needs no tsconfig: an alias is whatever leads to a file and is not a declared dependency.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/package_info.h"
#include "ingest/syntax_facts.h"

namespace palimpsest::ingest {

struct FactFile {
  std::string_view path;
  const SyntaxFacts* facts = nullptr;
};

/// Edges of one file, each list ascending and without repeats.
struct FileEdges {
  std::vector<std::size_t> imports;
  std::vector<std::size_t> importers;
  std::vector<std::string> aliases;  ///< modules that look like packages but lead to a file of the same unit
};

/// `packages` as found; `units` are the packages and the parts of a repository that work as one (see
/// project_units.h). REQUIRES: files are sorted by path.
std::vector<FileEdges> import_graph(const std::vector<FactFile>& files, const PackageTree& packages,
                                    const PackageTree& units);

/// `@scope/name` or `name` of a module specifier, empty for relative and other local ones.
std::string_view package_of_module(std::string_view module);

}  // namespace palimpsest::ingest
