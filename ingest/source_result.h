// What one source gave, before anything that depends on other sources: the unit that a cache keeps and a task
// hands over.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/error.h"
#include "common/io/document.h"
#include "ingest/source_documents.h"

namespace palimpsest::ingest {

struct SourceResult {
  std::string source;   ///< SourceSpec::text()
  io::Source identity;  ///< as documents record it
  std::string error;    ///< why the source failed; empty when it did not
  base::ErrorCode error_code = base::ErrorCode::kEnvironment;
  SourceDocuments content;  ///< no files are missing because other sources have them too
};

/// zstd-compressed JSON Lines: a header with everything but documents, then one line for each document. Equal
/// results give equal bytes. Written in place: the caller renames.
void save_source_result(const SourceResult& result, const std::filesystem::path& file);

/// Throws Error{kBadData} that names the file when it is damaged, truncated or of another form.
SourceResult load_source_result(const std::filesystem::path& file);

}  // namespace palimpsest::ingest
