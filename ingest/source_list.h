// Files that name sources: tab-separated or TOML.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/source_spec.h"

namespace palimpsest::ingest {

/// Parses `[[source]]` tables with the keys of a tab-separated list: `source = "git:…"` or `package` and
/// `version`, and optionally `integrity`, `revision`, `bytes`. Other keys are ignored. Throws Error{kBadData}
/// that names `where` and the line.
std::vector<SourceSpec> parse_toml_list(std::string_view toml, const std::string& where,
                                        const std::filesystem::path& folder);

/// Parses the content of a list by the extension of its name: `.toml`, else tab-separated.
std::vector<SourceSpec> parse_list(std::string_view text, const std::filesystem::path& file);

}  // namespace palimpsest::ingest
