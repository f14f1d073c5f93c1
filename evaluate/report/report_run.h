// What the report knows of one training run: its files, read.
#pragma once

#include <string>
#include <vector>

#include "common/io/json.h"
#include "evaluate/report/metrics_columns.h"
#include "evaluate/report/run_files.h"

namespace palimpsest::evaluate {

/// Seconds and memory of a run; they differ each time. NaN when the run has no timing.jsonl.
struct RunTiming {
  double seconds = 0;            ///< sum over the steps
  double tokens_per_second = 0;  ///< median over the steps
  double peak_memory_bytes = 0;
};

/// JSON parts are null where the run has none.
struct ReportRun {
  std::string name;
  MetricsColumns metrics;
  RunTiming timing;
  io::Json model;      ///< manifest of `train run`
  io::Json scores;     ///< scores.json
  io::Json routing;    ///< routing.json
  io::Json shards;     ///< manifest of `shard build`
  io::Json documents;  ///< report.json of `ingest run`
  io::Json tokenizer;  ///< report.json of `tokenize train`
  std::vector<std::string> notes;

  /// Framework labels in the order of the experts: of the scores, else of the metrics.
  std::vector<std::string> labels() const;
};

/// Throws Error{kBadData} for a file that is not JSON; one that is absent only leaves its part out.
ReportRun load_report_run(const RunFiles& files);

/// Labels of any run, each once, in order of first appearance.
std::vector<std::string> all_labels(const std::vector<ReportRun>& runs);

}  // namespace palimpsest::evaluate
