#include "train/run_command.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>

#include <ATen/Parallel.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "common/base/error.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "common/io/folder.h"
#include "common/io/manifest.h"
#include "common/io/resumable_directory.h"
#include "common/tokens/shard_reader.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "train/process_group.h"
#include "train/rank_agreement.h"
#include "train/rank_environment.h"
#include "train/trainer.h"

namespace palimpsest::train {
namespace {

constexpr const char* kUpToDate = "up to date";

void add_options(CLI::App& app, TrainOptions& options) {
  base::add_run_options(app, options.run);
  io::add_remote_options(app, options.remote);
  app.add_option("--shards", options.shards, "Output directory of `shard build`, or its URL");
  app.add_option("--model", options.model,
                 fmt::format("Sizes: {} or a TOML file", fmt::join(model::model_presets(), ", ")))
      ->capture_default_str();
  app.add_option("--recipe", options.recipe, "Stages and losses: two-stage, unsupervised or a TOML file")
      ->capture_default_str();
  app.add_option("--step-scale", options.step_scale, "Multiplies the steps of every stage of the recipe")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Initial weights, row order and masks")->capture_default_str();
  app.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  app.add_option("--validate-every", options.validate_every, "Steps between validations; 0 = only at the end")
      ->capture_default_str();
  app.add_option("--validate-rows", options.validate_rows, "Rows of each label in such a validation")
      ->capture_default_str();
  app.add_option("--checkpoint-every", options.checkpoint_every, "Steps between checkpoints")
      ->capture_default_str();
  app.add_option("--keep-checkpoints", options.keep_checkpoints, "How many of the last checkpoints stay")
      ->capture_default_str();
  app.add_option("--keep-best", options.keep_best,
                 "How many checkpoints stay besides because their validation is best")
      ->capture_default_str();
  app.add_option("--minutes", options.minutes,
                 "Ends after that much training time, resumes included; 0 = when the recipe ends")
      ->capture_default_str();
  app.add_option("--patience", options.patience,
                 "Ends after that many validations in a stage without a better one; 0 = never")
      ->capture_default_str();
  app.add_option("--rank-timeout", options.rank_timeout,
                 "Seconds that ranks wait for one another before they give up")
      ->capture_default_str()
      ->group(base::kRunGroup);
}

/// Paths say nothing about content, so the manifest records model and recipe in full and shards by digest.
/// The number of threads is part of it: floating-point sums depend on it. The number of ranks is not, so that
/// a run can go on with more or fewer; the counts tell how many it ended with.
io::Manifest make_plan(const CLI::App& app, const TrainOptions& options, const io::Folder& shards,
                       const Recipe& recipe, const model::ModelConfig& config) {
  io::Manifest plan{.stage = kTrainStage, .config = base::resolved_config(app)};
  plan.config.erase("shards");
  plan.config["model"] = model::to_json(config).dump();
  plan.config["recipe"] = to_json(recipe).dump();
  plan.config["threads"] = std::to_string(base::thread_count(options.run));
  plan.inputs["shards"] = io::manifest_digest(shards);
  return plan;
}

void print_result(const TrainOptions& options, std::int64_t steps, const model::Score& score,
                  const std::string& parameters) {
  std::string routing;
  if (score.routing.layers() > 0) {
    routing = fmt::format(", S1 {:.2f}", score.routing.mean_specialization());
  }
  std::printf("train run: %s, %lld steps, validation %.3f bits/byte, perplexity %.1f%s -> %s\n",
              parameters.c_str(), static_cast<long long>(steps), score.mean_bits_per_byte(),
              score.total().perplexity(), routing.c_str(), options.run.out.c_str());
}

void train(const CLI::App& app, const TrainOptions& options, ProcessGroup& group) {
  model::parse_device(options.device);
  const io::Folder shards(options.shards, options.remote);
  const std::string tokenizer_json = tokens::read_shard_tokenizer(shards);
  Recipe recipe = load_recipe(options.recipe);
  recipe.scale_steps(options.step_scale);
  model::ModelConfig config = model::load_model_config(options.model);
  const auto tokenizer = tokens::Tokenizer::parse(tokenizer_json, shards.where(tokens::kTokenizerFile));
  config.vocabulary = static_cast<std::int64_t>(tokenizer.size());
  config.validate();
  const io::Manifest plan = make_plan(app, options, shards, recipe, config);
  require_same_plan(group, plan);
  std::optional<io::ResumableDirectory> output;
  if (group.is_first()) output.emplace(options.run.out, plan, options.run.overwrite);
  if (group.broadcast(output && output->up_to_date() ? kUpToDate : "") == kUpToDate) {
    if (output) std::printf("train run: %s -> %s\n", kUpToDate, options.run.out.c_str());
    return;
  }
  at::set_num_threads(base::thread_count(options.run));
  Trainer trainer(options, {shards, tokenizer}, recipe, config, group);
  const model::ParameterCount count = model::count_parameters(config);
  const std::string parameters =
      fmt::format("{:.2f} M parameters ({:.2f} M active)", static_cast<double>(count.total) * 1e-6,
                  static_cast<double>(count.active) * 1e-6);
  spdlog::info("{}, {} steps of {} rows{}", parameters, recipe.total_steps(), recipe.rows_per_step,
               group.size() > 1 ? fmt::format(" over {} ranks", group.size()) : "");
  trainer.run();
  if (!output) return;
  io::write_file_atomically(options.run.out / tokens::kTokenizerFile, tokenizer_json);
  const model::Score score = trainer.final_score();
  const std::vector<std::int64_t> best = trainer.best().steps();
  output->publish({{"steps", trainer.step()},
                   {"best_step", best.empty() ? io::Json(nullptr) : io::Json(best.front())},
                   {"best_validation_bits_per_byte", trainer.best().best_score()},
                   {"ranks", group.size()},
                   {"parameters", count.total},
                   {"active_parameters", count.active},
                   {"validation_bits_per_byte", score.mean_bits_per_byte()},
                   {"validation_perplexity", score.total().perplexity()}});
  print_result(options, trainer.step(), score, parameters);
}

/// Rank 0 reports; the others only say what went wrong.
void run(const CLI::App& app, const TrainOptions& options) {
  options.validate();
  const auto timeout = std::chrono::milliseconds(std::llround(options.rank_timeout * 1000));
  ProcessGroup group(read_rank_environment(), timeout);
  if (!group.is_first() && spdlog::get_level() >= spdlog::level::info) {
    spdlog::set_level(std::max(spdlog::get_level(), spdlog::level::err));
  }
  try {
    train(app, options, group);
  } catch (const base::Interrupted&) {
    throw;
  } catch (const base::Error& error) {
    group.leave(error.what());
    if (group.size() == 1) throw;
    throw base::Error(error.code(), fmt::format("rank {}: {}", group.rank(), error.what()));
  } catch (const std::exception& error) {
    group.leave(error.what());
    throw;
  }
}

}  // namespace

void add_run_command(base::Stage& stage) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App& app =
      stage.add("run", "Trains a model on shards; run the same command again to go on after a stop",
                [options](const CLI::App& subcommand) { run(subcommand, *options); });
  add_options(app, *options);
}

}  // namespace palimpsest::train
