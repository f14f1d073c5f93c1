#include "ingest/commands.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "ingest/explain.h"
#include "ingest/ingest.h"
#include "ingest/ingest_options.h"
#include "ingest/merge.h"
#include "ingest/report.h"

namespace palimpsest::ingest {
namespace {

void print_result(const char* command, const RunResult& result, const std::filesystem::path& out) {
  const bool is_part = result.counts.contains("task");
  const std::string text = is_part ? part_text(result.counts, out) : summary_text(result.counts, out);
  std::printf("ingest %s: %s%s", command, result.up_to_date ? "up to date: " : "", text.c_str());
}

void run(const IngestOptions& options, const CLI::App& app) {
  validate(options);
  print_result("run", run_ingest(options, base::resolved_config(app)), options.run.out);
}

struct ExplainOptions {
  std::vector<std::filesystem::path> files;
  std::filesystem::path frameworks;  ///< empty = the compiled-in table
};

}  // namespace

void add_run_command(base::Stage& stage) {
  auto options = std::make_shared<IngestOptions>();
  CLI::App& app =
      stage.add("run", "Reads sources and writes documents: filtered, deduplicated, chunked, labelled",
                [options](const CLI::App& parsed) { run(*options, parsed); });
  add_options(app, *options);
}

void add_merge_command(base::Stage& stage) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App& app =
      stage.add("merge", "Joins the parts of `ingest run --task` into the output of the whole run",
                [options](const CLI::App&) {
                  base::validate(options->run);
                  print_result("merge", run_merge(*options), options->run.out);
                });
  base::add_run_options(app, options->run);
  app.add_option("part", options->parts, "Output directories of all tasks")
      ->required()
      ->group(base::kRunGroup);
}

void add_explain_command(base::Stage& stage) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App& app = stage.add("explain", "Prints the framework label of files and the evidence for it",
                            [options](const CLI::App&) {
                              const LoadedFrameworks frameworks = load_frameworks(options->frameworks);
                              for (const auto& file : options->files) {
                                std::fputs(explain_file(file, frameworks.table).c_str(), stdout);
                              }
                            });
  app.add_option("file", options->files, "TypeScript files")->required();
  app.add_option("--frameworks", options->frameworks, "Table of framework families [default: compiled in]");
}

}  // namespace palimpsest::ingest
