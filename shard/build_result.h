// What all units together make: names of the shard files, counts of the manifest, the line on stdout.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "shard/unit_build.h"

namespace palimpsest::shard {

/// The stage name in the manifest of a task's part.
inline constexpr const char* kTaskStage = "shard task";

/// Final name by name of a unit's file: shards of a split are numbered through. `units` are all of a build,
/// in order.
std::map<std::string, std::string> shard_names(const std::vector<UnitResult>& units);

/// `shared` is what every task knows ("labels" among it); adds {"splits": {split: {label: counts}}}.
io::Json build_counts(io::Json shared, const std::vector<UnitResult>& units);

/// "120 train, 13 valid, 9 test rows, 1.2 MB of text, 4.7 bytes per token, 1.1% padding -> OUT".
std::string result_text(const std::vector<UnitResult>& units, const std::filesystem::path& out);

}  // namespace palimpsest::shard
