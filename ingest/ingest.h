// `ingest run`: sources in, a directory of documents out.
#pragma once

#include <map>
#include <string>

#include "common/io/json.h"
#include "ingest/framework_table.h"
#include "ingest/ingest_options.h"

namespace palimpsest::ingest {

struct RunResult {
  bool up_to_date = false;  ///< nothing was done: the output of this very run is there
  io::Json counts;          ///< as in the manifest
  io::Json timings = {};    ///< Timings::to_json() of a run that did something
};

/// Runs the stage; `config` is base::resolved_config(). REQUIRES: validate(options). Throws Error: a source
/// that fails ends the run after all others were tried (kEnvironment, or kBadData if all that failed are
/// damaged), unless options.keep_going. Forks for git: call it before threads start.
RunResult run_ingest(const IngestOptions& options, const std::map<std::string, std::string>& config);

/// The table that options name, or the compiled-in one, with its text.
struct LoadedFrameworks {
  FrameworkTable table;
  std::string text;
};
LoadedFrameworks load_frameworks(const std::filesystem::path& path);

}  // namespace palimpsest::ingest
