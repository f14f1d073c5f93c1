// `shard stats`: a table of rows, tokens, padding and bytes by split and label.
#pragma once

#include <filesystem>
#include <string>

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::shard {

void add_stats_command(base::Stage& stage);

/// The table, from the manifest. Throws Error{kEnvironment} or Error{kBadData}.
std::string stats_table(const std::filesystem::path& directory);

}  // namespace palimpsest::shard
