#include "shard/build_command.h"

#include <cstdio>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/hash.h"
#include "common/base/progress.h"
#include "common/base/stage.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/tokens/shard_format.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "shard/document_segments.h"
#include "shard/shard_directory_writer.h"

namespace palimpsest::shard {
namespace {

using tokens::Split;

/// {"splits": {split: {label: counts}}, ...}, and the totals for the one-line result.
struct BuildResult {
  io::Json splits = io::Json::object();
  std::map<Split, RowCounts> totals;
};

BuildResult write_splits(const DocumentSegments& segments, const tokens::Tokenizer& tokenizer,
                         const BuildOptions& options, const io::OutputDirectory& output) {
  BuildResult result;
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    const tokens::ShardHeader header{.split = split,
                                     .row_tokens = options.row_tokens,
                                     .vocabulary_size = static_cast<std::uint32_t>(tokenizer.size()),
                                     .tokenizer_digest = tokenizer.digest(),
                                     .labels = segments.labels};
    const auto counts =
        write_split(segments, header, [&](const std::string& name) { return output.partial_path(name); });
    for (std::size_t label = 0; label < counts.size(); ++label) {
      result.splits[tokens::split_name(split)][segments.labels[label]] = to_json(counts[label]);
      result.totals[split] += counts[label];
    }
  }
  return result;
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

void print_result(const BuildResult& result, const std::filesystem::path& out) {
  RowCounts all;
  for (const auto& [split, counts] : result.totals) all += counts;
  const auto rows = [&](Split split) {
    return static_cast<unsigned long long>(result.totals.at(split).rows);
  };
  std::printf(
      "shard build: %llu train, %llu valid, %llu test rows, %s of text, %.3f bytes per token, %.1f%% padding "
      "-> %s\n",
      rows(Split::kTrain), rows(Split::kValid), rows(Split::kTest),
      base::format_bytes(all.text_bytes).c_str(), all.bytes_per_token(), 100 * all.padding_share(),
      out.c_str());
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
  tokens::add_split_options(app, options->split);
}

void run_build(const BuildOptions& options, const std::map<std::string, std::string>& config) {
  validate(options);
  io::read_manifest(options.documents, io::kDocumentsStage);
  const std::filesystem::path tokenizer_file = options.tokenizer / tokens::kTokenizerFile;
  const std::string tokenizer_json = io::read_file(tokenizer_file);
  const io::Manifest plan{.stage = tokens::kShardStage,
                          .tool_version = {},
                          .config = config,
                          .inputs = {{"documents", io::manifest_digest(options.documents)},
                                     {"tokenizer", base::sha256_hex(tokenizer_json)}},
                          .outputs = {}};
  io::OutputDirectory output(options.run.out, plan, options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("shard build: up to date, nothing to do -> %s\n", options.run.out.c_str());
    return;
  }
  const auto tokenizer = tokens::Tokenizer::parse(tokenizer_json, tokenizer_file.string());
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  const tokens::RepositorySplit split = tokens::split_documents(options.documents, options.split);
  warn_about_other_split(options.tokenizer, plan);
  for (const std::string& gap : split.gaps()) spdlog::warn("split: {}", gap);
  const Segmenter segmenter(tokenizer, options.row_tokens, !options.no_header);
  const DocumentSegments segments = cut_documents(options.documents, split, segmenter);
  const BuildResult result = write_splits(segments, tokenizer, options, output);
  io::write_file_atomically(output.partial_path(tokens::kTokenizerFile), tokenizer_json);
  output.publish({{"labels", segments.labels},
                  {"row_tokens", options.row_tokens},
                  {"vocabulary_size", tokenizer.size()},
                  {"tokenizer_digest", tokenizer.digest()},
                  {"documents", segments.origins.size()},
                  {"splits", result.splits},
                  {"repositories", split.to_json()},
                  {"split_gaps", split.gaps()}});
  print_result(result, options.run.out);
}

}  // namespace palimpsest::shard
