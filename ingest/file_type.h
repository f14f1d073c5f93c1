// What a file is by its name alone.
#pragma once

#include <string_view>

namespace palimpsest::ingest {

enum class FileType { kTypeScript, kDeclaration, kPackage, kSourceMap, kLicense, kOther };

/// .ts, .tsx, .mts, .cts and their declaration files, package.json, source maps of JavaScript, LICENSE files.
FileType file_type(std::string_view path);

/// True for .tsx: the grammar to try first.
bool is_tsx(std::string_view path);

/// True when a folder of the path is node_modules.
bool is_vendored(std::string_view path);

}  // namespace palimpsest::ingest
