// The steps that look across sources, and the output: used alike by a run that made the results and by a
// merge of tasks, so both give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "common/io/output_directory.h"
#include "ingest/document_writer.h"
#include "ingest/duplicate_index.h"
#include "ingest/report.h"
#include "ingest/secret_log.h"
#include "ingest/source_result.h"

namespace palimpsest::ingest {

/// Takes results in the order of sources. Not thread-safe.
class Assembly {
 public:
  /// `near_duplicates`: IngestOptions::near_duplicates of the run that made the results.
  Assembly(const io::OutputDirectory& output, std::vector<std::string> labels, double near_duplicates);

  /// Drops documents that repeat earlier ones, exactly or nearly, and writes the rest; a failed source is
  /// only counted. Uses the threads of the current TBB arena; the output does not depend on their number.
  /// Throws Interrupted.
  void add(SourceResult result);

  /// Writes report, skipped files, duplicates and secrets; returns the counts for the manifest. Throws
  /// Error{kBadData} when there is no document.
  io::Json finish();

 private:
  const io::OutputDirectory& output_;
  DocumentWriter writer_;
  DuplicateIndex duplicates_;
  SecretLog secrets_;
  Report report_;
};

}  // namespace palimpsest::ingest
