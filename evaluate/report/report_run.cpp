#include "evaluate/report/report_run.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <sstream>

#include "common/io/file.h"
#include "common/io/manifest.h"
#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/routing/routing_command.h"
#include "evaluate/score/score_command.h"

namespace palimpsest::evaluate {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

io::Json read_if_there(const std::filesystem::path& directory, const char* name) {
  if (directory.empty() || !std::filesystem::exists(directory / name)) return nullptr;
  return io::read_json(directory / name);
}

/// Lines that are cut or damaged are left out: timing is a remark, not a result.
RunTiming read_timing(const std::filesystem::path& path) {
  RunTiming timing = {kUnknown, kUnknown, kUnknown};
  if (path.empty()) return timing;
  std::istringstream lines(io::read_file(path));
  std::vector<double> rates;
  double seconds = 0;
  double peak = 0;
  for (std::string line; std::getline(lines, line);) {
    const io::Json json = io::Json::parse(line, nullptr, false);
    const double step_seconds = number_at(json, {"seconds"});
    const double rate = number_at(json, {"tokens_per_second"});
    if (step_seconds > 0) seconds += step_seconds;
    if (rate > 0) rates.push_back(rate);
    peak = std::max(peak, number_at(json, {"peak_memory_bytes"}));
  }
  if (seconds > 0) timing.seconds = seconds;
  if (peak > 0) timing.peak_memory_bytes = peak;
  if (!rates.empty()) {
    const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
    std::nth_element(rates.begin(), middle, rates.end());
    timing.tokens_per_second = *middle;
  }
  return timing;
}

void add_notes(ReportRun& run) {
  const MetricsColumns& log = run.metrics;
  if (log.last_step < 0) {
    run.notes.push_back("metrics.jsonl has no step yet: there are no training curves.");
  }
  if (log.cut_last_line) {
    run.notes.push_back(
        "The last line of metrics.jsonl is incomplete and left out: the run was stopped or is still "
        "writing.");
  }
  if (log.not_finite > 0) {
    run.notes.push_back(
        grouped(static_cast<double>(log.not_finite)) +
        " losses in metrics.jsonl are not numbers (the loss overflowed); curves have gaps there.");
  }
  if (run.scores.is_null()) {
    run.notes.push_back(
        "No output of `evaluate score` for a checkpoint of this run was found: there are no scores.");
  }
}

}  // namespace

std::vector<std::string> ReportRun::labels() const {
  std::vector<std::string> labels;
  for (const io::Json& label : at_path(scores, {"labels"})) {
    if (label.is_string()) labels.push_back(label);
  }
  if (!labels.empty()) return labels;
  const std::string prefix = "specialization.";
  for (const auto* columns : {&metrics.validations, &metrics.steps}) {
    for (const auto& [key, column] : *columns) {
      const std::string label = key.substr(std::min(key.size(), prefix.size()));
      if (key.starts_with(prefix) && label != "mean") labels.push_back(label);
    }
    if (!labels.empty()) return labels;
  }
  return labels;
}

ReportRun load_report_run(const RunFiles& files) {
  ReportRun run;
  run.name = files.name;
  run.notes = files.notes;
  run.metrics = read_metrics_columns(files.metrics);
  run.timing = read_timing(files.timing);
  run.model = read_if_there(files.model, io::kManifestName);
  run.scores = read_if_there(files.scores, kScoresName);
  run.routing = read_if_there(files.routing, kRoutingName);
  run.shards = read_if_there(files.shards, io::kManifestName);
  run.documents = read_if_there(files.documents, "report.json");
  run.tokenizer = read_if_there(files.tokenizer, "report.json");
  add_notes(run);
  return run;
}

std::vector<std::string> all_labels(const std::vector<ReportRun>& runs) {
  std::vector<std::string> labels;
  for (const ReportRun& run : runs) {
    for (const std::string& label : run.labels()) {
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    }
  }
  return labels;
}

}  // namespace palimpsest::evaluate
