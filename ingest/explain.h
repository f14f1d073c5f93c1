// `ingest explain`: why files get their labels.
#pragma once

#include <filesystem>
#include <string>

#include "ingest/framework_table.h"
#include "ingest/ingest_options.h"

namespace palimpsest::ingest {

/// The label of a local TypeScript file and each piece of evidence with its weight, as text. The file is
/// labelled as part of its repository: the folder above it with `.git`, or that of the topmost package.json
/// that is a workspace root, or of the nearest one. Throws Error{kEnvironment} when it cannot be read,
/// Error{kBadData} when it is not TypeScript.
std::string explain_file(const std::filesystem::path& file, const FrameworkTable& table);

struct ExplainedSource {
  std::string source;  ///< a folder, or what `ingest run` takes: npm:…, tgz:…, dir:…, git:…
  bool brief = false;  ///< one line a file, without the evidence
};

/// The same for every file of a source, with a table of families and what decided them at the end. Throws
/// Error.
std::string explain_source(const ExplainedSource& request, const FrameworkTable& table,
                           const IngestOptions& options);

/// How to change what was shown.
const char* explain_hint();

}  // namespace palimpsest::ingest
