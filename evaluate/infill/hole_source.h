// Where the text comes from and where its holes are, as the command line says it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/infill/infiller.h"

namespace palimpsest::infill {

struct HoleSource {
  std::filesystem::path file;       ///< "-" = standard input
  std::string path;                 ///< stands for the file's own, which tells framework and language
  std::vector<std::string> at;      ///< parse_text_range()
  std::string marker = "<|hole|>";  ///< where no `at` is given, each of these in the text is a hole
};

/// Reads the text and finds its holes. The markers are not part of the text that is returned. Throws
/// Error{kBadData} for a text that is not UTF-8 or larger than 16 MB, Error{kEnvironment} when it cannot be
/// read, Error{kUsage} for holes outside it, overlapping or none.
InfillRequest read_holes(const HoleSource& source);

/// By the path's suffix; none for other languages.
std::optional<syntax::Grammar> grammar_of_path(std::string_view path);

}  // namespace palimpsest::infill
