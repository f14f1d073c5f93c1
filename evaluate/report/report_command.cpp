#include "evaluate/report/report_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "evaluate/report/report_page.h"

namespace palimpsest::evaluate {
namespace fs = std::filesystem;
namespace {

constexpr const char* kReportStage = "evaluate report";
constexpr const char* kReportName = "report.html";

struct ReportOptions {
  base::RunOptions run;
  std::vector<std::string> runs;    ///< DIR or NAME=DIR: outputs of `train run`, or folders with one
  std::vector<std::string> models;  ///< the same, as the pipelines give it
  std::vector<fs::path> scores;     ///< outputs of `evaluate score`; empty: looked for beside each run
  std::vector<fs::path> infill;     ///< files of `evaluate infill --format json`

  void validate() const {
    base::validate(run);
    const std::size_t count = runs.size() + models.size();
    if (count == 0) throw base::Error(base::ErrorCode::kUsage, "no run", {.expected = "RUN or --model DIR"});
    if (count > kMostRuns) {
      throw base::Error(base::ErrorCode::kUsage, "too many runs",
                        {.got = std::to_string(count), .expected = "at most " + std::to_string(kMostRuns)});
    }
  }
};

/// A score that belongs to none of the runs is a mistake; with one run it may be of a checkpoint that is
/// gone.
void check_scores_are_used(std::vector<RunFiles>& runs, const std::vector<fs::path>& scores) {
  for (const fs::path& given : scores) {
    const bool used =
        std::any_of(runs.begin(), runs.end(), [&](const RunFiles& run) { return run.scores == given; });
    if (used) continue;
    if (runs.size() > 1 || scores.size() > 1) {
      throw base::Error(base::ErrorCode::kBadData,
                        "scores of none of the runs, or of an older checkpoint of one",
                        {.where = given.string(), .hint = "score the last checkpoint, or leave it out"});
    }
    runs[0].scores = given;
    runs[0].notes.push_back("The scores were made from a checkpoint that this training run does not have.");
  }
}

std::vector<RunFiles> find_runs(const ReportOptions& options) {
  std::vector<RunFiles> runs;
  for (const auto* specs : {&options.runs, &options.models}) {
    for (const std::string& spec : *specs) runs.push_back(find_run_files(spec, options.scores));
  }
  check_scores_are_used(runs, options.scores);
  make_names_unique(runs);
  return runs;
}

io::Manifest plan_of(const std::vector<RunFiles>& runs, const std::vector<fs::path>& infill) {
  io::Manifest plan{.stage = kReportStage};
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const std::string prefix = "run " + std::to_string(r) + " ";
    plan.config[prefix + "name"] = clean_text(runs[r].name);
    for (const auto& [role, digest] : runs[r].digests()) plan.inputs[prefix + role] = digest;
  }
  for (std::size_t i = 0; i < infill.size(); ++i) {
    plan.config["infill " + std::to_string(i)] = clean_text(infill[i].filename().string());
    plan.inputs["infill " + std::to_string(i)] = base::sha256_file_hex(infill[i]);
  }
  return plan;
}

std::string make_page(const std::vector<RunFiles>& files, const std::vector<fs::path>& infill) {
  Runs runs;
  bool anything = false;
  for (const RunFiles& of_run : files) {
    runs.push_back(load_report_run(of_run));
    anything = anything || runs.back().metrics.last_step >= 0 || !runs.back().scores.is_null();
  }
  if (!anything) {
    throw base::Error(base::ErrorCode::kBadData, "an empty run",
                      {.got = "no training step and no scores",
                       .where = files[0].metrics.string(),
                       .hint = "wait for the first step, or run `evaluate score`"});
  }
  std::vector<InfillFile> infill_files;
  for (const fs::path& file : infill) infill_files.push_back({file.filename().string(), io::read_json(file)});
  return report_page(runs, infill_files);
}

/// `--out NAME.html`: the page alone. Another file of that name is not replaced unasked.
void write_page(const fs::path& path, const std::string& page, bool overwrite) {
  const bool exists = fs::exists(path);
  const std::string old = exists ? io::read_file(path) : "";
  if (exists && !overwrite && old.find(kReportMark) == std::string::npos) {
    throw base::Error(base::ErrorCode::kUsage, "file is not a report",
                      {.where = path.string(), .hint = "choose another name, or give --overwrite"});
  }
  if (old == page) {
    std::printf("evaluate report: up to date -> %s\n", path.c_str());
    return;
  }
  if (path.has_parent_path()) io::make_directories(path.parent_path());
  io::write_file_atomically(path, page);
  std::printf("evaluate report: -> %s\n", path.c_str());
}

void run(const ReportOptions& options) {
  options.validate();
  const std::vector<RunFiles> runs = find_runs(options);
  if (options.run.out.extension() == ".html") {
    write_page(options.run.out, make_page(runs, options.infill), options.run.overwrite);
    return;
  }
  io::OutputDirectory output(options.run.out, plan_of(runs, options.infill), options.run.overwrite);
  const fs::path page_path = options.run.out / kReportName;
  if (output.up_to_date()) {
    std::printf("evaluate report: up to date -> %s\n", page_path.c_str());
    return;
  }
  const std::string page = make_page(runs, options.infill);
  io::write_file_atomically(output.partial_path(kReportName), page);
  output.publish({{"bytes", page.size()}});
  std::printf("evaluate report: -> %s\n", page_path.c_str());
}

}  // namespace

void add_report_command(base::Stage& stage) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App& app =
      stage.add("report", "One HTML page with curves, routing and filled holes, of one run or several",
                [options](const CLI::App&) { run(*options); });
  base::add_run_options(app, options->run);
  app.add_option("runs", options->runs,
                 "DIR or NAME=DIR: output directories of `train run`, or folders with one. --out FILE.html "
                 "writes the page "
                 "alone");
  app.add_option("--model", options->models, "The same as a positional RUN");
  app.add_option(
      "--scores", options->scores,
      "Output directories of `evaluate score`; without it, those of the runs are looked for beside them");
  app.add_option("--infill", options->infill,
                 "Files of `evaluate infill --format json`, shown as filled holes");
}

}  // namespace palimpsest::evaluate
