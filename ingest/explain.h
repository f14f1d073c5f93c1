// `ingest explain`: why a file gets its label.
#pragma once

#include <filesystem>
#include <string>

#include "ingest/framework_table.h"

namespace palimpsest::ingest {

/// The label of a local file and each piece of evidence with its strength, as text. Looks for package.json
/// upward. A run may still give a file without own evidence the label of its neighbours or package. Throws
/// Error{kEnvironment} when the file cannot be read, Error{kBadData} when it is not TypeScript.
std::string explain_file(const std::filesystem::path& file, const FrameworkTable& table);

}  // namespace palimpsest::ingest
