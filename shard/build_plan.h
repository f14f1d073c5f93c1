// Which documents go into which shard: decided from sizes alone, the same for any number of tasks.
#pragma once

#include <cstdint>
#include <vector>

#include "common/tokens/repository_split.h"
#include "shard/document_table.h"

namespace palimpsest::shard {

/// The unit of work: consecutive documents of one split, packed and written for themselves, so that nothing
/// in a unit depends on which task does it. One unit makes one shard file, more only if that would be too
/// large.
struct Unit {
  tokens::Split split = tokens::Split::kTrain;
  std::size_t number = 0;  ///< in the split
  std::size_t documents = 0;
  std::uint64_t text_bytes = 0;
};

/// unit_of_document of one that no unit holds.
inline constexpr std::uint32_t kNoUnit = UINT32_MAX;

struct BuildPlan {
  std::vector<Unit> units;  ///< by split, then number; at least one a split, so that every split can be read
  std::vector<std::uint32_t> unit_of_document;  ///< index into units, or kNoUnit
};

/// Documents of a split fill one unit after the other, in input order, up to `unit_bytes` of text each; a
/// larger document is a unit alone. Only those that are `kept` are planned.
BuildPlan plan_units(const DocumentTable& table, const tokens::RepositorySplit& split,
                     const std::vector<bool>& kept, std::uint64_t unit_bytes);

/// By unit: whether task `task` of `of` (from 0) does it. Units are dealt in turn, largest first.
/// REQUIRES: task < of.
std::vector<bool> units_of_task(const std::vector<Unit>& units, std::size_t task, std::size_t of);

}  // namespace palimpsest::shard
