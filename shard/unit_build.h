// Cuts, packs and writes the units of one process.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/tokens/shard_format.h"
#include "shard/build_plan.h"
#include "shard/segmenter.h"
#include "shard/shard_counts.h"

namespace palimpsest::shard {

/// What a unit became. Until all units are known its files are named after it: see unit_file_name().
struct UnitResult {
  std::size_t unit = 0;  ///< index into BuildPlan::units
  tokens::Split split = tokens::Split::kTrain;
  std::vector<std::string> files;
  std::vector<RowCounts> by_label;
};

/// "train/unit-00007-0.pls".
std::string unit_file_name(const Unit& unit, std::size_t part);

io::Json to_json(const UnitResult& result);

/// Throws Error{kBadData} that names `where`.
UnitResult parse_unit_result(const io::Json& json, const std::string& where);

struct UnitBuild {
  const BuildPlan& plan;
  const std::vector<bool>& mine;  ///< by unit: whether to do it
  const Segmenter& segmenter;
  tokens::ShardHeader header;  ///< but for the split
  std::size_t threads = 1;
  std::function<std::filesystem::path(const std::string& name)> path_of;
};

/// Reads the documents once; as many units as threads are in memory at a time. The results are in the order
/// of units and, like the files, do not depend on the number of threads. Throws Error{kEnvironment} or
/// Error{kBadData}.
std::vector<UnitResult> build_units(const std::filesystem::path& documents, const UnitBuild& build);

}  // namespace palimpsest::shard
