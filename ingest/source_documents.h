// From the files of one source to its documents: filter, deduplicate, parse, chunk, label.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/document.h"
#include "ingest/curation.h"
#include "ingest/framework_table.h"
#include "ingest/ingest_options.h"
#include "ingest/source.h"
#include "ingest/source_files.h"

namespace palimpsest::ingest {

struct SourceDocuments {
  std::vector<io::Document> documents;  ///< sorted by path
  std::vector<Skip> skips;              ///< those of the source and those of the filters, sorted by path
  std::uint64_t other_files = 0;        ///< not TypeScript
};

/// Uses the threads of the current TBB arena; the result does not depend on their number. Throws Interrupted.
SourceDocuments make_documents(const AcquiredSource& source, SourceFiles files, const FrameworkTable& table,
                               const IngestOptions& options, Curation& curation);

}  // namespace palimpsest::ingest
