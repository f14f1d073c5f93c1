#include "ingest/ingest_options.h"

#include <cstdlib>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "common/base/error.h"

namespace palimpsest::ingest {
namespace {

constexpr std::uint64_t kLargestFileLimit = 1ULL << 30;  // tree-sitter counts bytes in 32 bits
constexpr std::uint32_t kSmallestChunk = 16;

[[noreturn]] void refuse(const char* flag, const std::string& got, const std::string& expected) {
  throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + flag, {.got = got, .expected = expected});
}

void add_source_options(CLI::App& app, IngestOptions& options) {
  app.add_option("source,--source", options.sources,
                 "Sources: npm:NAME@VERSION[#sha512-...], tgz:FILE, dir:FOLDER, jsonl:FILE, "
                 "git:URL-or-path[@REVISION]")
      ->group(base::kRunGroup);
  app.add_option("--sources", options.lists,
                 "TSV files with columns package, version, integrity, or source; or TOML")
      ->group(base::kRunGroup);
  app.add_option("--frameworks", options.frameworks, "Table of framework families [default: compiled in]")
      ->group(base::kRunGroup);
  app.add_option("--cache", options.cache, "Downloads [default: $XDG_CACHE_HOME or ~/.cache, /palimpsest]")
      ->group(base::kRunGroup);
  app.add_option("--task", options.task, "Only the share of this task, from 0; `ingest merge` joins them")
      ->group(base::kRunGroup);
  app.add_option("--of", options.tasks, "Number of tasks")->group(base::kRunGroup);
  app.add_flag("--incremental,!--no-incremental", options.incremental,
               "Take over results of unchanged sources from the cache [default: on]")
      ->group(base::kRunGroup);
  app.add_flag("--keep-going", options.keep_going, "Leave out sources that fail; they are in the report")
      ->group(base::kRunGroup);
  app.add_option("--fetch-jobs", options.fetch_jobs, "Sources fetched at once")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--npm-timeout", options.npm_timeout_s, "Seconds for one npm package")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--git-timeout", options.git_timeout_s, "Seconds for one clone or fetch")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--git-max-bytes", options.git_max_bytes, "Most bytes that one clone or fetch may receive")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--git-max-memory", options.git_max_memory, "Most bytes of memory for a git process")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--retries", options.retries, "Further attempts when a fetch fails for a passing reason")
      ->capture_default_str()
      ->group(base::kRunGroup);
}

void add_curation_options(CLI::App& app, IngestOptions& options) {
  app.add_flag("--drop-generated,!--keep-generated", options.drop_generated,
               "Skip files that tools wrote [default: on]");
  app.add_option("--max-mean-line", options.shape.max_mean_line,
                 "Skip files with longer lines on average, if one is above --max-line too; 0 = no limit")
      ->capture_default_str();
  app.add_option("--max-line", options.shape.max_line, "See --max-mean-line; 0 = no limit")
      ->capture_default_str();
  app.add_option("--max-encoded-share", options.shape.max_encoded_share,
                 "Skip files with a larger share of base64, hexadecimal or escapes")
      ->capture_default_str();
  app.add_option("--decontaminate", options.decontaminate,
                 "Evaluation tasks (JSON Lines or plain text): drop files that hold one")
      ->group(base::kRunGroup);
  app.add_option(
      "--licenses", options.licenses,
      "Keep only files whose licence these SPDX identifiers (comma-separated) permit [default: all]");
  app.add_option(
         "--secrets", options.secrets,
         "Credentials, e-mail and public IP addresses: redact, drop (files with credentials), report, off")
      ->capture_default_str();
  app.add_option("--near-duplicates", options.near_duplicates,
                 "Drop files at least so similar to an earlier one (Jaccard); 0 drops exact copies alone")
      ->capture_default_str();
}

void validate_curation(const IngestOptions& options) {
  const std::string& secrets = options.secrets;
  if (secrets != "redact" && secrets != "drop" && secrets != "report" && secrets != "off") {
    refuse("--secrets", secrets, "redact, drop, report or off");
  }
  if (!(options.shape.max_encoded_share >= 0 && options.shape.max_encoded_share <= 1)) {
    refuse("--max-encoded-share", std::to_string(options.shape.max_encoded_share), "0 to 1");
  }
  if (!(options.shape.max_mean_line >= 0)) {
    refuse("--max-mean-line", std::to_string(options.shape.max_mean_line), "0 or more");
  }
  if (!(options.near_duplicates >= 0 && options.near_duplicates <= 1)) {
    refuse("--near-duplicates", std::to_string(options.near_duplicates), "0 to 1");
  }
}

}  // namespace

void add_options(CLI::App& app, IngestOptions& options) {
  base::add_run_options(app, options.run);
  add_source_options(app, options);
  app.add_flag("--shallow", options.shallow, "Fetch one commit without files above --max-file-bytes");
  app.add_option("--jsonl-text-field", options.jsonl_text_field, "Where jsonl: sources hold the text")
      ->capture_default_str();
  app.add_flag("--gitignore,!--no-gitignore", options.gitignore,
               "Leave out files of folders that their .gitignore names [default: on]");
  app.add_option("--max-file-bytes", options.max_file_bytes, "Skip larger files")->capture_default_str();
  app.add_option("--max-source-bytes", options.max_source_bytes, "Refuse a source that unpacks to more")
      ->capture_default_str();
  app.add_option("--max-error-share", options.max_error_share,
                 "Skip files with a larger share of syntax errors")
      ->capture_default_str();
  app.add_option("--chunk-chars", options.chunk_chars, "Most non-white characters in a chunk")
      ->capture_default_str();
  add_curation_options(app, options);
}

void validate(const IngestOptions& options) {
  base::validate(options.run);
  if (options.sources.empty() && options.lists.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no source",
                      {.expected = "--sources FILE.tsv, or npm:NAME@VERSION, tgz:FILE, dir:FOLDER, git:URL"});
  }
  if (options.max_file_bytes == 0 || options.max_file_bytes > kLargestFileLimit) {
    refuse("--max-file-bytes", std::to_string(options.max_file_bytes),
           fmt::format("1 to {}", kLargestFileLimit));
  }
  if (options.max_source_bytes == 0) refuse("--max-source-bytes", "0", "1 or more");
  if (!(options.max_error_share >= 0 && options.max_error_share <= 1)) {
    refuse("--max-error-share", std::to_string(options.max_error_share), "0 to 1");
  }
  if (options.chunk_chars < kSmallestChunk) {
    refuse("--chunk-chars", std::to_string(options.chunk_chars), fmt::format("{} or more", kSmallestChunk));
  }
  validate_curation(options);
  if (options.npm_timeout_s <= 0) refuse("--npm-timeout", std::to_string(options.npm_timeout_s), "1 or more");
  if (options.git_timeout_s <= 0) refuse("--git-timeout", std::to_string(options.git_timeout_s), "1 or more");
  if (options.tasks == 0 || options.task >= options.tasks)
    refuse("--task", fmt::format("{} of {}", options.task, options.tasks), "0 to N-1 of N");
  if (options.fetch_jobs <= 0) refuse("--fetch-jobs", std::to_string(options.fetch_jobs), "1 or more");
  if (options.retries < 0) refuse("--retries", std::to_string(options.retries), "0 or more");
  if (options.git_max_bytes == 0) refuse("--git-max-bytes", "0", "1 or more");
}

std::filesystem::path cache_directory(const IngestOptions& options) {
  if (!options.cache.empty()) return options.cache;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::filesystem::path(cache) / "palimpsest";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::filesystem::path(home) / ".cache" / "palimpsest";
  }
  throw base::Error(base::ErrorCode::kUsage, "no cache directory",
                    {.expected = "--cache DIR, or HOME to be set"});
}

}  // namespace palimpsest::ingest
