// Options that every subcommand which writes an output directory has, and the resolved configuration of a
// run.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace palimpsest::base {

/// How a run is carried out. None of these changes what is written, so none is part of the recorded
/// configuration.
struct RunOptions {
  std::filesystem::path out;  ///< output directory
  bool overwrite = false;     ///< replace an output directory made with another configuration
  int threads = 0;            ///< 0 = one per core
};

/// Options in this CLI11 group say how to run, not what to make; resolved_config() leaves them out.
inline constexpr const char* kRunGroup = "Run";

/// Adds --out, --overwrite and --threads to a subcommand.
void add_run_options(CLI::App& app, RunOptions& options);

/// Throws Error{kUsage} when --out is missing or --threads is negative.
void validate(const RunOptions& options);

/// Number of threads to use: options.threads, or the number of cores this process may use.
int thread_count(const RunOptions& options);

/// Every option outside kRunGroup with its value as text, given or default: the configuration that a manifest
/// records and that decides whether a run is up to date.
std::map<std::string, std::string> resolved_config(const CLI::App& app);

}  // namespace palimpsest::base
