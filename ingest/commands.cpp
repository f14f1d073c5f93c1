#include "ingest/commands.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "ingest/explain.h"
#include "ingest/ingest.h"
#include "ingest/ingest_options.h"
#include "ingest/merge.h"
#include "ingest/report.h"
#include "ingest/timings.h"

namespace palimpsest::ingest {
namespace {

constexpr std::array<std::string_view, 5> kSourcePrefixes = {"npm:", "tgz:", "dir:", "git:", "jsonl:"};

void print_result(const char* command, const RunResult& result, const std::filesystem::path& out) {
  const bool is_part = result.counts.contains("task");
  const std::string text = is_part ? part_text(result.counts, out) : summary_text(result.counts, out);
  const std::string times = result.timings.is_object() ? timings_text(result.timings) : std::string();
  std::printf("ingest %s: %s%s%s", command, result.up_to_date ? "up to date: " : "", text.c_str(),
              times.c_str());
}

void run(const IngestOptions& options, const CLI::App& app) {
  validate(options);
  print_result("run", run_ingest(options, base::resolved_config(app)), options.run.out);
}

struct ExplainOptions {
  std::vector<std::string> what;
  std::filesystem::path frameworks;  ///< empty = the compiled-in table
  bool brief = false;
  bool print_frameworks = false;
};

bool is_source(const std::string& argument) {
  if (std::filesystem::is_directory(argument)) return true;
  return std::any_of(kSourcePrefixes.begin(), kSourcePrefixes.end(),
                     [&](std::string_view prefix) { return argument.starts_with(prefix); });
}

void explain(const ExplainOptions& options) {
  const LoadedFrameworks frameworks = load_frameworks(options.frameworks);
  if (options.print_frameworks) {
    std::fputs(frameworks.text.c_str(), stdout);
    return;
  }
  if (options.what.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "nothing to explain",
                      {.expected = "files, folders or sources", .hint = "ingest explain --help"});
  }
  for (const std::string& what : options.what) {
    const std::string text = is_source(what)
                                 ? explain_source({what, options.brief}, frameworks.table, IngestOptions())
                                 : explain_file(what, frameworks.table);
    std::fputs(text.c_str(), stdout);
  }
  if (!options.brief) std::fputs(explain_hint(), stdout);
}

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
                            [options](const CLI::App&) { explain(*options); });
  app.add_option("what", options->what,
                 "TypeScript files, folders, or sources as for run (npm:..., git:...)");
  app.add_option("--frameworks", options->frameworks, "Table of framework families [default: compiled in]");
  app.add_flag("--brief", options->brief, "One line for each file of a folder or source");
  app.add_flag("--print-frameworks", options->print_frameworks,
               "Prints the table instead, to start your own from");
}

}  // namespace palimpsest::ingest
