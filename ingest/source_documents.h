// From the files of one source to its documents: filter, redact, parse, chunk, label.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/document.h"
#include "ingest/decontamination.h"
#include "ingest/framework_table.h"
#include "ingest/ingest_options.h"
#include "ingest/secrets.h"
#include "ingest/source.h"
#include "ingest/source_files.h"

namespace palimpsest::ingest {

inline constexpr std::size_t kSlowestFiles = 20;

/// Secrets found in one file, whatever became of it.
struct FileSecrets {
  std::string path;
  std::vector<Secret> secrets;
};

/// How long one file took.
struct FileTime {
  std::string path;
  double seconds = 0;  ///< wall clock of filters, parse, chunks and search for tasks
};

struct SourceDocuments {
  std::vector<io::Document> documents;  ///< sorted by path
  std::vector<Skip> skips;              ///< those of the source and those of the filters, sorted by path
  std::vector<FileSecrets> secrets;     ///< of the files that have some, sorted by path
  std::uint64_t other_files = 0;        ///< not TypeScript
  std::vector<FileTime> slowest = {};   ///< at most kSlowestFiles, slowest first; differs from run to run
};

/// Uses the threads of the current TBB arena; the result depends neither on their number nor on other
/// sources. Throws Interrupted.
SourceDocuments make_documents(const AcquiredSource& source, SourceFiles files, const FrameworkTable& table,
                               const IngestOptions& options, const Decontamination& tasks);

}  // namespace palimpsest::ingest
