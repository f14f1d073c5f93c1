// Source files that a user names, read with the checks that make errors clear.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace palimpsest::infill {

inline constexpr std::uintmax_t kMostSourceBytes = 16U << 20;

/// The text of a file, or of standard input for "-". Throws Error{kEnvironment} when it cannot be read,
/// Error{kBadData} when it is larger than kMostSourceBytes, or not UTF-8.
std::string read_source_text(const std::filesystem::path& file);

}  // namespace palimpsest::infill
