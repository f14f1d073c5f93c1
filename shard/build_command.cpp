#include "shard/build_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/hash.h"
#include "common/base/stage.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/io/task_parts.h"
#include "common/tokens/shard_format.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "shard/build_plan.h"
#include "shard/build_result.h"
#include "shard/document_table.h"
#include "shard/repository_caps.h"
#include "shard/unit_build.h"

namespace palimpsest::shard {
namespace {

/// What the first reading of the documents decides.
struct Decisions {
  std::vector<std::string> labels;
  tokens::RepositorySplit split;
  CapResult caps;
  BuildPlan plan;
};

/// The label table that ingest recorded, else every label that occurs, sorted.
std::vector<std::string> label_table(const std::filesystem::path& documents,
                                     const tokens::RepositorySplit& split) {
  const io::Manifest manifest = io::read_manifest(documents, io::kDocumentsStage);
  if (const auto found = manifest.counts.find("labels");
      found != manifest.counts.end() && found->is_array()) {
    return io::require<std::vector<std::string>>(manifest.counts, "labels", documents / io::kManifestName);
  }
  std::vector<std::string> labels;
  for (const auto& [label, shares] : split.shares()) labels.push_back(label);
  return labels;
}

/// The split is that of all documents, so that it equals `tokenize train`'s; caps come after it.
Decisions decide(const BuildOptions& options, const tokens::Tokenizer& tokenizer) {
  const DocumentTable table = read_document_table(options.documents);
  tokens::RepositorySplit split(table.contents, options.split);
  CapResult caps{.kept = std::vector<bool>(table.documents.size(), true), .capped = {}};
  if (const std::uint64_t cap = options.max_repo_tokens; cap > 0) {
    caps = cap_repositories(table, count_large_repositories(options.documents, table, tokenizer, cap), cap);
  }
  BuildPlan plan = plan_units(table, split, caps.kept, options.shard_text_bytes);
  return {label_table(options.documents, split), std::move(split), std::move(caps), std::move(plan)};
}

/// What the manifests of all tasks and of the whole build say alike.
io::Json shared_counts(const Decisions& decisions, const tokens::Tokenizer& tokenizer,
                       const BuildOptions& options) {
  return {{"labels", decisions.labels},
          {"row_tokens", options.row_tokens},
          {"vocabulary_size", tokenizer.size()},
          {"tokenizer_digest", tokenizer.digest()},
          {"documents", std::count(decisions.caps.kept.begin(), decisions.caps.kept.end(), true)},
          {"repositories", decisions.split.to_json()},
          {"split_gaps", decisions.split.gaps()},
          {"capped_repositories", to_json(decisions.caps.capped)}};
}

std::vector<UnitResult> build_share(const BuildOptions& options, const Decisions& decisions,
                                    const tokens::Tokenizer& tokenizer, const io::OutputDirectory& output) {
  const Segmenter segmenter(tokenizer, options.row_tokens, !options.no_header);
  const std::vector<bool> mine = units_of_task(decisions.plan.units, options.task, options.tasks);
  return build_units(options.documents,
                     {.plan = decisions.plan,
                      .mine = mine,
                      .segmenter = segmenter,
                      .header = {.row_tokens = options.row_tokens,
                                 .vocabulary_size = static_cast<std::uint32_t>(tokenizer.size()),
                                 .tokenizer_digest = tokenizer.digest(),
                                 .labels = decisions.labels},
                      .threads = static_cast<std::size_t>(base::thread_count(options.run)),
                      .path_of = [&](const std::string& name) { return output.partial_path(name); }});
}

void publish(const BuildOptions& options, io::Json shared, const std::vector<UnitResult>& units,
             io::OutputDirectory& output) {
  if (options.tasks > 1) {
    io::Json results = io::Json::array();
    for (const UnitResult& unit : units) results.push_back(to_json(unit));
    output.publish({{"task", options.task},
                    {"of", options.tasks},
                    {"shared", std::move(shared)},
                    {"units", std::move(results)}});
    return;
  }
  for (const auto& [unit_file, shard_file] : shard_names(units))
    io::rename_file(output.partial_path(unit_file), output.partial_path(shard_file));
  output.publish(build_counts(std::move(shared), units));
}

void warn_about_split(const Decisions& decisions) {
  for (const std::string& gap : decisions.split.gaps()) spdlog::warn("split: {}", gap);
  for (const auto& [repo, cap] : decisions.caps.capped) {
    spdlog::info("--max-repo-tokens: {} keeps {} of {} documents, {} of {} tokens", repo, cap.kept_documents,
                 cap.documents, cap.kept_tokens, cap.tokens);
  }
}

/// Validation repositories should not have shaped the vocabulary. Only `tokenize train`'s manifest can tell.
void warn_about_other_split(const std::filesystem::path& tokenizer, const io::Manifest& plan) {
  const std::filesystem::path path = tokenizer / io::kManifestName;
  if (!std::filesystem::exists(path)) return;
  const io::Manifest made = io::parse_manifest(io::read_json(path), path.string());
  const auto documents = made.inputs.find("documents");
  if (documents == made.inputs.end() || documents->second != plan.inputs.at("documents")) {
    spdlog::warn("the vocabulary was made from other documents, which may hold validation repositories");
    return;
  }
  for (const char* role : tokens::kSplitListRoles) {
    const auto ours = plan.inputs.find(role);
    const auto theirs = made.inputs.find(role);
    if (ours == plan.inputs.end() && theirs == made.inputs.end()) continue;
    if (ours == plan.inputs.end() || theirs == made.inputs.end() || ours->second != theirs->second) {
      spdlog::warn("--{} was another in `tokenize train`: validation repositories shaped the vocabulary",
                   role);
    }
  }
  for (const char* name : tokens::kSplitOptionNames) {
    const auto ours = plan.config.find(name);
    const auto theirs = made.config.find(name);
    if (ours != plan.config.end() && theirs != made.config.end() && ours->second != theirs->second) {
      spdlog::warn(
          "--{} is {} here and was {} in `tokenize train`: validation repositories shaped the vocabulary",
          name, ours->second, theirs->second);
    }
  }
}

}  // namespace

void add_build_command(base::Stage& stage) {
  const auto options = std::make_shared<BuildOptions>();
  CLI::App& app = stage.add("build", "Packs documents into rows, by split and framework label",
                            [options](auto& sub) { run_build(*options, base::resolved_config(sub)); });
  base::add_run_options(app, options->run);
  app.add_option("-d,--documents", options->documents, "Output directory of `ingest run`")
      ->group(base::kRunGroup);
  app.add_option("-t,--tokenizer", options->tokenizer, "Directory with tokenizer.json")
      ->group(base::kRunGroup);
  app.add_option("--row-tokens", options->row_tokens, "Length of a row, tokens")->capture_default_str();
  app.add_flag("--no-header", options->no_header, "Leave out the visible header (path and imported modules)")
      ->capture_default_str();
  app.add_option("--shard-text-bytes", options->shard_text_bytes,
                 "Text in a shard file; a shard is packed for itself")
      ->capture_default_str();
  app.add_option("--max-repo-tokens", options->max_repo_tokens,
                 "Most text tokens of a repository, by whole files, each label in proportion; 0 = no limit")
      ->capture_default_str();
  app.add_option("--task", options->task, "Only the share of this task, from 0; `shard merge` joins them")
      ->group(base::kRunGroup);
  app.add_option("--of", options->tasks, "Number of tasks")->group(base::kRunGroup);
  tokens::add_split_options(app, options->split);
}

void run_build(const BuildOptions& options, const std::map<std::string, std::string>& config) {
  validate(options);
  io::read_manifest(options.documents, io::kDocumentsStage);
  const std::filesystem::path tokenizer_file = options.tokenizer / tokens::kTokenizerFile;
  const std::string tokenizer_json = io::read_file(tokenizer_file);
  io::Manifest plan{.stage = tokens::kShardStage,
                    .tool_version = {},
                    .config = config,
                    .inputs = {{"documents", io::manifest_digest(options.documents)},
                               {"tokenizer", base::sha256_hex(tokenizer_json)}},
                    .outputs = {}};
  tokens::add_split_inputs(options.split, plan.inputs);
  io::OutputDirectory output(
      options.run.out,
      options.tasks > 1 ? io::task_plan(plan, kTaskStage, {options.task, options.tasks}) : plan,
      options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("shard build: up to date, nothing to do -> %s\n", options.run.out.c_str());
    return;
  }
  const auto tokenizer = tokens::Tokenizer::parse(tokenizer_json, tokenizer_file.string());
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  warn_about_other_split(options.tokenizer, plan);
  const Decisions decisions = decide(options, tokenizer);
  warn_about_split(decisions);
  const std::vector<UnitResult> units = build_share(options, decisions, tokenizer, output);
  io::write_file_atomically(output.partial_path(tokens::kTokenizerFile), tokenizer_json);
  publish(options, shared_counts(decisions, tokenizer, options), units, output);
  const std::string share = options.tasks > 1
                                ? fmt::format("task {} of {}, {} of {} units, ", options.task, options.tasks,
                                              units.size(), decisions.plan.units.size())
                                : std::string();
  std::printf("shard build: %s%s", share.c_str(), result_text(units, options.run.out).c_str());
}

}  // namespace palimpsest::shard
