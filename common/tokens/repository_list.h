// A list of repositories in a text file: one a line, blank lines and lines that begin with # do not count.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace palimpsest::tokens {

/// The names, white space around them cut off, in the file's order. Throws Error{kEnvironment} when the file
/// is missing, Error{kBadData} when it names no repository.
std::vector<std::string> read_repository_list(const std::filesystem::path& path);

}  // namespace palimpsest::tokens
