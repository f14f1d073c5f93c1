// `shard stats`: a table of rows, tokens, padding and bytes by split and label.
#pragma once

#include <filesystem>
#include <string>

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::shard {

void add_stats_command(base::Stage& stage);

/// The table, from the manifest. The last column is the padding that plain first-fit would leave. Throws
/// Error{kEnvironment} or Error{kBadData}.
std::string stats_table(const std::filesystem::path& directory);

/// By split, label and repository, from the row tables of all shards. A row counts for each of its
/// repositories, and its padding belongs to none. Throws the same.
std::string repositories_table(const std::filesystem::path& directory);

}  // namespace palimpsest::shard
