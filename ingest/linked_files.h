// Groups of files that lead to each other by imports inside one unit. A template or a command-line tool that
// lives beside an application in one package is a group of its own.
#pragma once

#include <cstddef>
#include <vector>

#include "ingest/import_graph.h"

namespace palimpsest::ingest {

/// The group of each file, as the number of the first file in it. Edges between files of different `units`
/// (any equality-comparable value for each file) do not count.
template <typename Unit>
std::vector<std::size_t> linked_files(const std::vector<FileEdges>& edges, const std::vector<Unit>& units) {
  std::vector<std::size_t> group(edges.size(), edges.size());
  std::vector<std::size_t> pending;
  for (std::size_t first = 0; first < edges.size(); ++first) {
    if (group[first] != edges.size()) continue;
    group[first] = first;
    pending.assign(1, first);
    while (!pending.empty()) {
      const std::size_t file = pending.back();
      pending.pop_back();
      for (const std::vector<std::size_t>* list : {&edges[file].imports, &edges[file].importers}) {
        for (const std::size_t other : *list) {
          if (group[other] != edges.size() || units[other] != units[file]) continue;
          group[other] = first;
          pending.push_back(other);
        }
      }
    }
  }
  return group;
}

}  // namespace palimpsest::ingest
