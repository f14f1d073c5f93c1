#include "train/export_command.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/model/scoring.h"
#include "common/tokens/shard_format.h"
#include "common/tokens/tokenizer.h"
#include "train/best_checkpoints.h"
#include "train/checkpoint_average.h"
#include "train/exported_model.h"

namespace palimpsest::train {
namespace {

namespace fs = std::filesystem;

constexpr double kMegabyte = 1e6;

struct ExportOptions {
  base::RunOptions run;
  fs::path model;                 ///< run directory or checkpoint
  fs::path shards;                ///< empty: the loss is not measured
  std::string weights = "f32";    ///< f32, bf16 or int8
  bool average = false;           ///< the average of the weights instead of the last ones
  bool best = false;              ///< the checkpoint with the best validation instead of the last one
  std::int64_t average_best = 0;  ///< the mean of that many with the best validation; 0 = off
  std::int64_t validate_rows = 32;
  std::uint64_t seed = 0;  ///< masks of the validation

  void validate() const {
    base::validate(run);
    model::parse_weight_format(weights);
    if (best && average_best != 0) {
      throw base::Error(base::ErrorCode::kUsage, "both --best and --average-best",
                        {.expected = "one of them"});
    }
    if (average_best < 0) {
      throw base::Error(base::ErrorCode::kUsage, "bad --average-best", {.expected = "1 or more"});
    }
    if (model.empty()) throw base::Error(base::ErrorCode::kUsage, "no model", {.expected = "--model DIR"});
    if (validate_rows < 0) {
      throw base::Error(base::ErrorCode::kUsage, "bad --validate-rows", {.expected = "0 (all) or more"});
    }
  }
};

void add_options(CLI::App& app, ExportOptions& options) {
  base::add_run_options(app, options.run);
  app.add_option("--model", options.model, "Output directory of `train run`, or a step-N inside it");
  app.add_option("--weights", options.weights, "How the matrices are stored: f32, bf16 or int8")
      ->capture_default_str();
  app.add_flag("--average", options.average, "The average of the weights (ema_decay in the recipe)");
  app.add_flag("--best", options.best, "The checkpoint with the best validation instead of the last one");
  app.add_option("--average-best", options.average_best,
                 "The mean of the weights of that many checkpoints with the best validation (--keep-best)");
  app.add_option("--shards", options.shards, "Output of `shard build`: measures what the format costs");
  app.add_option("--validate-rows", options.validate_rows, "Rows of each label measured; 0 = all")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Masks of that validation")->capture_default_str();
}

/// The checkpoints to export: one, or those whose weights are averaged.
std::vector<fs::path> chosen_checkpoints(const ExportOptions& options) {
  const fs::path last = model::resolve_checkpoint(options.model);
  if (!options.best && options.average_best == 0) return {last};
  return best_checkpoint_paths(last, model::read_checkpoint_state(last).trainer,
                               options.best ? 1 : options.average_best);
}

model::Transformer load_weights(const std::vector<fs::path>& checkpoints, const model::CheckpointState& state,
                                bool average) {
  model::Transformer transformer = model::load_model(checkpoints.front(), state, at::kCPU, average);
  if (checkpoints.size() > 1) {
    transformer.load(average_checkpoints(checkpoints, average ? model::kAverageFile : model::kModelFile),
                     "the mean of the checkpoints");
  }
  return transformer;
}

/// The text of the tokenizer that the model was trained with.
std::string read_tokenizer(const fs::path& checkpoint, const model::CheckpointState& state) {
  const fs::path path = model::tokenizer_path(checkpoint);
  std::string json = io::read_file(path);
  if (const std::string digest = tokens::Tokenizer::parse(json, path.string()).digest();
      digest != state.tokenizer_digest) {
    throw base::Error(base::ErrorCode::kBadData, "tokenizer does not match the model",
                      {.got = digest, .expected = state.tokenizer_digest, .where = path.string()});
  }
  return json;
}

/// Nats per token on the validation split, before and behind the change of format, with the same masks.
struct LossChange {
  double before = 0;
  double after = 0;
};

LossChange measure(const ExportOptions& options, const model::CheckpointState& state,
                   const model::Transformer& original, const fs::path& exported) {
  const tokens::ShardReader shards(options.shards, tokens::Split::kValid);
  if (shards.tokenizer_digest() != state.tokenizer_digest || shards.labels() != state.labels) {
    throw base::Error(base::ErrorCode::kBadData,
                      "shards have another tokenizer or other labels than the model",
                      {.where = options.shards.string(), .hint = "use the shards of the training run"});
  }
  const model::ScoreOptions scoring{.rows_per_label = options.validate_rows, .seed = options.seed};
  const auto loss = [&](const model::Transformer& transformer) {
    return model::score_split(transformer, shards, scoring).total().nats_per_token();
  };
  const model::Transformer stored =
      model::load_model(exported, model::read_checkpoint_state(exported), original.device());
  return {loss(original), loss(stored)};
}

/// "step 80", or "mean of steps 60, 80".
std::string describe_steps(const std::vector<fs::path>& checkpoints) {
  std::vector<std::int64_t> steps;
  for (const fs::path& path : checkpoints) steps.push_back(model::read_checkpoint_state(path).step);
  return fmt::format("{} {}", steps.size() > 1 ? "mean of steps" : "step", fmt::join(steps, ", "));
}

void run(const CLI::App& app, const ExportOptions& options) {
  options.validate();
  at::set_num_threads(base::thread_count(options.run));
  const std::vector<fs::path> checkpoints = chosen_checkpoints(options);
  const fs::path& checkpoint = checkpoints.front();
  io::Manifest plan{.stage = kExportStage, .config = base::resolved_config(app)};
  plan.config.erase("model");
  plan.config.erase("shards");
  for (std::size_t i = 0; i < checkpoints.size(); ++i) {
    plan.inputs[i == 0 ? "checkpoint" : fmt::format("checkpoint {}", i + 1)] =
        base::sha256_file_hex(checkpoints[i] / model::kStateFile);
  }
  if (!options.shards.empty()) {
    io::read_manifest(options.shards, tokens::kShardStage);
    plan.inputs["shards"] = io::manifest_digest(options.shards);
  }
  io::OutputDirectory output(options.run.out, plan, options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("train export: up to date -> %s\n", options.run.out.c_str());
    return;
  }
  const model::CheckpointState state = model::read_checkpoint_state(checkpoint);
  const model::Transformer original = load_weights(checkpoints, state, options.average);
  const fs::path partial = output.partial_path("");
  const std::uint64_t bytes =
      write_exported_model(partial, state, original.named_tensors(),
                           model::parse_weight_format(options.weights), read_tokenizer(checkpoint, state));
  const auto float_bytes = static_cast<double>(model::count_parameters(state.config).total) * sizeof(float);
  io::Json counts = {{"step", state.step}, {"model_bytes", bytes}, {"float32_bytes", float_bytes}};
  std::string change;
  if (!options.shards.empty()) {
    const LossChange loss = measure(options, state, original, partial);
    counts["nats_per_token"] = loss.after;
    counts["nats_per_token_change"] = loss.after - loss.before;
    change = fmt::format(", validation {:.4f} nats/token ({:+.5f})", loss.after, loss.after - loss.before);
  }
  output.publish(counts);
  std::printf("train export: %s, %s weights, %.2f MB (%.2f MB as f32)%s -> %s\n",
              describe_steps(checkpoints).c_str(), options.weights.c_str(),
              static_cast<double>(bytes) / kMegabyte, float_bytes / kMegabyte, change.c_str(),
              options.run.out.c_str());
}

}  // namespace

void add_export_command(base::Stage& stage) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App& app = stage.add("export", "Writes a trained model as a folder in the layout of Hugging Face",
                            [options](const CLI::App& subcommand) { run(subcommand, *options); });
  add_options(app, *options);
}

}  // namespace palimpsest::train
