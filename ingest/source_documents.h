// From the files of one source to its documents: filter, deduplicate, parse, chunk, label.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/io/document.h"
#include "ingest/framework_table.h"
#include "ingest/ingest_options.h"
#include "ingest/source.h"
#include "ingest/source_files.h"

namespace palimpsest::ingest {

/// Texts seen so far, by their 128-bit hash, with the file that has each first. In order of sources, then
/// paths, so the survivor does not depend on threads.
using SeenTexts = std::unordered_map<std::string, std::string>;

struct SourceDocuments {
  std::vector<io::Document> documents;  ///< sorted by path
  std::vector<Skip> skips;              ///< those of the source and those of the filters, sorted by path
  std::uint64_t other_files = 0;        ///< not TypeScript
};

/// Uses the threads of the current TBB arena; the result depends neither on their number nor on other
/// sources. Throws Interrupted.
SourceDocuments make_documents(const AcquiredSource& source, SourceFiles files, const FrameworkTable& table,
                               const IngestOptions& options);

/// Moves documents whose text came before, in this source or an earlier one, to the skips. `source` names
/// them.
void drop_duplicates(SourceDocuments& documents, const std::string& source, SeenTexts& seen);

}  // namespace palimpsest::ingest
