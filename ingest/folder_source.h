// Local folders.
#pragma once

#include <filesystem>
#include <string>

#include "ingest/source_files.h"

namespace palimpsest::ingest {

/// Hands every regular file below `folder` to the collector and returns the folder's revision: the SHA-256
/// over the paths and contents of what the collector took. Never follows a link, never opens a device or
/// pipe, and does not enter .git and node_modules (one skip each), nor, if
/// told so, what the .gitignore files in it name (`ignored`; one skip for a whole folder). Throws
/// Error{kEnvironment} when the folder or a file in it cannot be read.
std::string read_folder(const std::filesystem::path& folder, FileCollector& collector, bool honour_gitignore);

}  // namespace palimpsest::ingest
