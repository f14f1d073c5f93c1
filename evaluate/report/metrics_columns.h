// A run's metrics.jsonl as columns: one series of (step, value) for every number that any line carries.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace palimpsest::evaluate {

struct Sample {
  double step = 0;
  double value = 0;  ///< NaN where the file says null or NaN
};

/// Ascending steps, each once.
using Column = std::vector<Sample>;

struct StageStart {
  double step = 0;
  std::string name;
};

/// A number's place in its line, joined by dots, is its column: `routers.0.families.core.accuracy`.
struct MetricsColumns {
  std::map<std::string, Column> steps;        ///< from lines of kind "step": means over a training batch
  std::map<std::string, Column> validations;  ///< from lines of kind "validation"
  std::vector<StageStart> stages;             ///< in order; the first starts with the run
  double last_step = -1;                      ///< -1: no line
  std::size_t not_finite = 0;  ///< values of nelbo or bits_per_byte that are no number: the loss blew up
  bool cut_last_line = false;  ///< the last line is incomplete: the run was killed, or still writes

  /// Empty when the log has no such column.
  const Column& step_column(const std::string& name) const;
  const Column& validation_column(const std::string& name) const;
};

/// Unknown kinds and fields are kept out of the way, not refused; a step that occurs twice counts as the
/// later line says. Throws Error{kBadData} that names file and line for a line that is not a JSON object.
MetricsColumns read_metrics_columns(const std::filesystem::path& path);

}  // namespace palimpsest::evaluate
