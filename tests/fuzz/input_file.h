// An input as a file, for parsers that take a path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace palimpsest::fuzz {

/// Writes the input to a file of this name in a folder that lives as long as the process, and returns its
/// path.
std::filesystem::path input_file(const std::string& name, std::string_view content);

}  // namespace palimpsest::fuzz
