// Tasks cut from the documents of one split.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/io/document.h"
#include "common/tokens/repository_split.h"
#include "evaluate/bench/bench_task.h"
#include "evaluate/bench/hole_cutter.h"

namespace palimpsest::bench {

struct MakeTasksOptions {
  std::uint64_t per_family = 1000;  ///< tasks of each framework family, spread evenly over the kinds
  std::uint64_t per_file = 3;       ///< most of one kind from one document
  std::uint64_t seed = 1;           ///< chooses among the holes
  tokens::Split split = tokens::Split::kValid;
};

/// Documents larger than this are left out, so that a task fits in memory and context.
inline constexpr std::size_t kMaxDocumentBytes = 64U << 10;

/// A document of the split with its holes. `holes` is empty for one that the parser refuses.
struct CutDocument {
  io::Document document;
  std::vector<CutHole> holes;
};

/// Calls `visit` for every document of the split that is not too large, in order; parses in parallel.
void for_each_cut_document(const std::filesystem::path& documents, const tokens::RepositorySplit& split,
                           tokens::Split wanted, const std::function<void(CutDocument&&)>& visit);

/// The choice depends on the documents, the split and the options alone: each hole has a key hashed from
/// seed, document and place, and the smallest keys win. Holes with the same middle in the same surroundings
/// count once. A family that lacks a kind gets more of the others. Sorted by family, kind and id.
std::vector<Task> make_tasks(const std::filesystem::path& documents, const tokens::RepositorySplit& split,
                             const MakeTasksOptions& options);

}  // namespace palimpsest::bench
