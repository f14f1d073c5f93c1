#include "evaluate/score_command.h"

#include <cstdio>
#include <memory>

#include <ATen/Parallel.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"
#include "common/io/output_directory.h"
#include "common/tokens/shard_format.h"
#include "evaluate/scores.h"

namespace palimpsest::evaluate {
namespace {

struct ScoreCommandOptions {
  base::RunOptions run;
  std::filesystem::path model;   ///< run directory or checkpoint
  std::filesystem::path shards;  ///< output directory of `shard build`
  std::string device = "cpu";
  ScoringOptions scoring;

  void validate() const {
    base::validate(run);
    if (model.empty()) throw base::Error(base::ErrorCode::kUsage, "no model", {.expected = "--model DIR"});
    if (shards.empty()) throw base::Error(base::ErrorCode::kUsage, "no shards", {.expected = "--shards DIR"});
    if (scoring.passes < 1 || scoring.examples.per_label < 0 || scoring.examples.hole_tokens < 1) {
      throw base::Error(base::ErrorCode::kUsage, "bad --mask-draws, --examples or --hole-tokens",
                        {.expected = "at least 1, 0 and 1"});
    }
  }
};

void add_options(CLI::App& app, ScoreCommandOptions& options) {
  base::add_run_options(app, options.run);
  app.add_option("--model", options.model, "Output directory of `train run`, or a step-N inside it");
  app.add_option("--shards", options.shards, "Output directory of `shard build`");
  app.add_option("--split", options.scoring.split, "valid or test")
      ->check(CLI::IsMember({"valid", "test"}))
      ->capture_default_str();
  app.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  app.add_option("--mask-draws", options.scoring.passes,
                 "How often each row is masked anew; more = less noise")
      ->capture_default_str();
  app.add_option("--seed", options.scoring.seed, "Masks and holes")->capture_default_str();
  app.add_option("--examples", options.scoring.examples.per_label, "Holes filled for each family")
      ->capture_default_str();
  app.add_option("--hole-tokens", options.scoring.examples.hole_tokens, "Tokens of each hole")
      ->capture_default_str();
}

void run(const CLI::App& app, ScoreCommandOptions options) {
  options.validate();
  at::set_num_threads(base::thread_count(options.run));
  const std::filesystem::path checkpoint = model::resolve_checkpoint(options.model);
  io::read_manifest(options.shards, tokens::kShardStage);
  io::Manifest plan{.stage = kScoreStage, .config = base::resolved_config(app)};
  plan.config.erase("model");
  plan.config.erase("shards");
  plan.inputs["checkpoint"] = base::sha256_file_hex(checkpoint / "state.json");
  plan.inputs["shards"] = io::manifest_digest(options.shards);
  io::OutputDirectory output(options.run.out, plan, options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("evaluate score: up to date -> %s\n", options.run.out.c_str());
    return;
  }
  const LoadedModel loaded = load_model_and_tokenizer(checkpoint, options.device);
  const tokens::ShardReader train(options.shards, tokens::Split::kTrain);
  const tokens::Split split = options.scoring.split == "test" ? tokens::Split::kTest : tokens::Split::kValid;
  const tokens::ShardReader scored(options.shards, split);
  check_shards_fit(loaded, scored, options.shards);
  options.scoring.examples.seed = options.scoring.seed;
  const io::Json json =
      to_json(compute_scores(loaded, train, scored, options.scoring), loaded, options.scoring);
  io::write_json(output.partial_path(kScoresName), json);
  output.publish({{"overall", json.at("overall")}});
  std::printf("%sevaluate score: -> %s\n", summary_table(json).c_str(),
              (options.run.out / kScoresName).c_str());
}

}  // namespace

void add_score_command(base::Stage& stage) {
  auto options = std::make_shared<ScoreCommandOptions>();
  CLI::App& app =
      stage.add("score", "Bits per byte, specialization, forced experts and filled holes -> scores.json",
                [options](const CLI::App& subcommand) { run(subcommand, *options); });
  add_options(app, *options);
}

}  // namespace palimpsest::evaluate
