// `shard stats`: a table of rows, tokens, padding and bytes by split and label.
#pragma once

#include <string>

namespace palimpsest::base {
class Stage;
}
namespace palimpsest::io {
class Folder;
}

namespace palimpsest::shard {

void add_stats_command(base::Stage& stage);

/// The table, from the manifest. The last column is the padding that plain first-fit would leave. Throws
/// Error{kEnvironment} or Error{kBadData}.
std::string stats_table(const io::Folder& folder);

/// By split, label and repository, from the row tables of all shards. A row counts for each of its
/// repositories, and its padding belongs to none. Throws the same.
std::string repositories_table(const io::Folder& folder);

}  // namespace palimpsest::shard
