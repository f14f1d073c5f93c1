#include "common/base/options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <sched.h>

#include "common/base/error.h"

namespace palimpsest::base {

void add_run_options(CLI::App& app, RunOptions& options) {
  app.add_option("-o,--out", options.out, "Output directory")->group(kRunGroup);
  app.add_flag("--overwrite", options.overwrite,
               "Replace the output of a run with another configuration or input")
      ->group(kRunGroup);
  app.add_option("-j,--threads", options.threads,
                 "Threads; 0 = one per core. The output does not depend on it")
      ->capture_default_str()
      ->group(kRunGroup);
}

void validate(const RunOptions& options) {
  if (options.out.empty()) {
    throw Error(ErrorCode::kUsage, "no output directory", {.expected = "--out DIR"});
  }
  if (options.threads < 0) {
    throw Error(ErrorCode::kUsage, "bad --threads",
                {.got = std::to_string(options.threads), .expected = "0 or more"});
  }
}

int thread_count(const RunOptions& options) {
  if (options.threads > 0) return options.threads;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return CPU_COUNT(&cores);
}

std::map<std::string, std::string> resolved_config(const CLI::App& app) {
  std::map<std::string, std::string> config;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_configurable() || option->get_group() == kRunGroup) continue;
    std::string value = option->get_default_str();
    if (option->count() > 0) {
      value.clear();
      for (const std::string& part : option->reduced_results()) value += (value.empty() ? "" : " ") + part;
    }
    config[option->get_single_name()] = value;
  }
  return config;
}

}  // namespace palimpsest::base
