// `shard inspect`: one row as text, with its segments and where they come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/io/remote_options.h"

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::shard {

struct InspectOptions {
  std::filesystem::path directory;  ///< output of `shard build`, or its URL
  io::RemoteOptions remote;
  std::string split = "valid";
  std::string label;      ///< empty = the first that has rows
  std::uint64_t row = 0;  ///< number inside the label
};

void add_inspect_command(base::Stage& stage);

/// The row as text for people. Throws Error{kUsage} on an unknown label or row, Error{kBadData} on damage or
/// when tokenizer.json does not belong to the shards.
std::string describe_row(const InspectOptions& options);

}  // namespace palimpsest::shard
