// The steps that look across sources, and the output: used alike by a run that made the results and by a
// merge of tasks, so both give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "common/io/output_directory.h"
#include "ingest/document_writer.h"
#include "ingest/report.h"
#include "ingest/source_documents.h"
#include "ingest/source_result.h"

namespace palimpsest::ingest {

/// Takes results in the order of sources. Not thread-safe.
class Assembly {
 public:
  Assembly(const io::OutputDirectory& output, std::vector<std::string> labels);

  /// Drops texts that came before, writes the rest; a failed source is only counted.
  void add(SourceResult result);

  /// Writes report and list of skipped files; returns the counts for the manifest. Throws Error{kBadData}
  /// when there is no document.
  io::Json finish();

 private:
  const io::OutputDirectory& output_;
  DocumentWriter writer_;
  SeenTexts seen_;
  Report report_;
};

}  // namespace palimpsest::ingest
