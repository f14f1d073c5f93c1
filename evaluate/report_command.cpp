#include "evaluate/report_command.h"

#include <cstdio>
#include <memory>
#include <sstream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "evaluate/report_page.h"
#include "evaluate/score_command.h"

namespace palimpsest::evaluate {
namespace {

constexpr const char* kReportStage = "evaluate report";
constexpr const char* kReportName = "report.html";
constexpr const char* kMetricsName = "metrics.jsonl";

struct ReportOptions {
  base::RunOptions run;
  std::filesystem::path scores;  ///< output directory of `evaluate score`
  std::filesystem::path model;   ///< output directory of `train run`

  void validate() const {
    base::validate(run);
    if (scores.empty()) throw base::Error(base::ErrorCode::kUsage, "no scores", {.expected = "--scores DIR"});
    if (model.empty()) throw base::Error(base::ErrorCode::kUsage, "no model", {.expected = "--model DIR"});
  }
};

std::vector<io::Json> read_metrics(const std::filesystem::path& path) {
  std::vector<io::Json> lines;
  std::istringstream stream(io::read_file(path));
  for (std::string line; std::getline(stream, line);) lines.push_back(io::parse_json(line, path.string()));
  return lines;
}

void run(const ReportOptions& options) {
  options.validate();
  io::read_manifest(options.scores, kScoreStage);
  const std::filesystem::path metrics = options.model / kMetricsName;
  io::Manifest plan{.stage = kReportStage};
  plan.inputs["scores"] = io::manifest_digest(options.scores);
  plan.inputs["metrics"] = base::sha256_file_hex(metrics);
  io::OutputDirectory output(options.run.out, plan, options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("evaluate report: up to date -> %s\n", (options.run.out / kReportName).c_str());
    return;
  }
  const std::string page = report_page(io::read_json(options.scores / kScoresName), read_metrics(metrics));
  io::write_file_atomically(output.partial_path(kReportName), page);
  output.publish({{"bytes", page.size()}});
  std::printf("evaluate report: -> %s\n", (options.run.out / kReportName).c_str());
}

}  // namespace

void add_report_command(base::Stage& stage) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App& app = stage.add("report", "One HTML page with curves, routing and filled holes",
                            [options](const CLI::App&) { run(*options); });
  base::add_run_options(app, options->run);
  app.add_option("--scores", options->scores, "Output directory of `evaluate score`");
  app.add_option("--model", options->model, "Output directory of `train run`, for the training curves");
}

}  // namespace palimpsest::evaluate
