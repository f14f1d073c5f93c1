// Everything that a user can set for `ingest run`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/options.h"
#include "ingest/text_shape.h"

namespace CLI {
class App;
}

namespace palimpsest::ingest {

struct IngestOptions {
  base::RunOptions run;
  std::vector<std::filesystem::path> lists;  ///< TSV or TOML files that name sources
  std::vector<std::string> sources;          ///< npm:…, tgz:…, dir:…, jsonl:…, git:…
  std::string jsonl_text_field = "text";     ///< of jsonl: sources
  bool gitignore = true;                     ///< dir: sources leave out what their .gitignore files name
  std::filesystem::path frameworks;          ///< table of framework families; empty = the compiled-in one
  std::filesystem::path cache;               ///< downloads; empty = cache_directory()'s default
  std::size_t task = 0;     ///< this process takes the share of task number `task`, from 0 …
  std::size_t tasks = 1;    ///< … of so many; `ingest merge` joins them
  bool incremental = true;  ///< take over cached results of sources that did not change
  bool keep_going = false;  ///< leave out sources that fail instead of failing

  std::uint64_t max_file_bytes = 200'000;       ///< larger files are embedded bundles or data
  std::uint64_t max_source_bytes = 1ULL << 30;  ///< unpacked bytes of one source; more is taken for an attack
  double max_error_share = 0.2;                 ///< bytes inside syntax errors / bytes of the file
  std::uint32_t chunk_chars = 1500;             ///< non-white characters in a chunk

  ShapeLimits shape;             ///< what text no longer looks like code
  bool drop_generated = true;    ///< files that say, or whose path says, that a tool wrote them
  double near_duplicates = 0.7;  ///< Jaccard similarity from which a file is dropped; 0 = exact copies alone
  std::string licenses;          ///< SPDX identifiers, comma-separated; empty = all, unknown ones too
  std::string secrets =
      "redact";  ///< redact, drop (files with credentials; the rest is redacted), report, off
  std::vector<std::filesystem::path> decontaminate;  ///< evaluation tasks; files that hold one are dropped

  int npm_timeout_s = 600;                    ///< wall clock for one package
  int git_timeout_s = 600;                    ///< wall clock for one clone or fetch
  std::uint64_t git_max_bytes = 2ULL << 30;   ///< received bytes of one clone or fetch
  std::uint64_t git_max_memory = 256U << 20;  ///< bytes for a git process: a hostile pack asks for more
  int fetch_jobs = 4;                         ///< sources fetched at once
  int retries = 3;                            ///< of a fetch that failed for a passing reason
  bool shallow = false;                       ///< fetch one commit, without blobs above max_file_bytes
};

/// Adds the options to a subcommand. `options` must outlive it.
void add_options(CLI::App& app, IngestOptions& options);

/// Throws Error{kUsage} that names the first bad value.
void validate(const IngestOptions& options);

/// options.cache, or $XDG_CACHE_HOME/palimpsest, or ~/.cache/palimpsest. Throws Error{kUsage} when there is
/// no home.
std::filesystem::path cache_directory(const IngestOptions& options);

}  // namespace palimpsest::ingest
