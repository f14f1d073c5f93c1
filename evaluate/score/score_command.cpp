#include "evaluate/score/score_command.h"

#include <cstdio>
#include <memory>

#include <ATen/Parallel.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/options.h"
#include "common/io/output_directory.h"
#include "common/tokens/shard_format.h"
#include "evaluate/score/scores.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::int64_t kMostKnownMib = 512;  // xz takes 11 times as much memory

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
    if (scoring.forwards < 4 || scoring.forwards % 2 != 0) {
      throw base::Error(base::ErrorCode::kUsage, "bad --forwards",
                        {.got = std::to_string(scoring.forwards), .expected = "an even number, 4 or more"});
    }
    if (scoring.examples.per_label < 0 || scoring.examples.hole_tokens < 1 || scoring.infill_segments < 0 ||
        scoring.chain_rule_segments < 0 || scoring.baselines.known_mib < 0 ||
        scoring.baselines.known_mib > kMostKnownMib) {
      throw base::Error(
          base::ErrorCode::kUsage,
          "bad --examples, --hole-tokens, --infill-segments, --chain-rule-segments or --compressor-mib",
          {.expected = "at least 0, 1, 0 and 0, and 0 to " + std::to_string(kMostKnownMib)});
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
  app.add_option("--forwards", options.scoring.forwards,
                 "Forward passes of each row for the NELBO; even, 4 or more; more = less noise")
      ->capture_default_str();
  app.add_flag("--no-header-pass", options.scoring.no_header_pass,
               "Leave out the second NELBO, without the visible headers");
  app.add_option("--infill-segments", options.scoring.infill_segments,
                 "Segments of each family with a hole for the conditional NELBO; 0 = none")
      ->capture_default_str();
  app.add_option("--chain-rule-segments", options.scoring.chain_rule_segments,
                 "Segments of each family that are also read left to right; 0 = none")
      ->capture_default_str();
  app.add_flag("!--no-compressors", options.scoring.baselines.compressors, "Leave out zstd and xz");
  app.add_option("--compressor-mib", options.scoring.baselines.known_mib,
                 "MiB of training text, at most, that zstd and xz may copy from")
      ->capture_default_str();
  app.add_option("--seed", options.scoring.seed, "Masks and holes")->capture_default_str();
  app.add_option("--examples", options.scoring.examples.per_label, "Holes filled for each family")
      ->capture_default_str();
  app.add_option("--hole-tokens", options.scoring.examples.hole_tokens, "Tokens of each hole")
      ->capture_default_str();
}

void check_has_rows(const tokens::ShardReader& scored, const ScoreCommandOptions& options) {
  for (const std::uint64_t rows : scored.row_counts()) {
    if (rows > 0) return;
  }
  throw base::Error(base::ErrorCode::kBadData, "nothing to score",
                    {.got = "no rows in split " + options.scoring.split,
                     .expected = "at least one",
                     .where = options.shards.string(),
                     .hint = "a split gets repositories by share: give `shard build` more of them"});
}

void run(const CLI::App& app, ScoreCommandOptions options) {
  options.validate();
  at::set_num_threads(base::thread_count(options.run));
  const std::filesystem::path checkpoint = model::resolve_checkpoint(options.model);
  io::read_manifest(options.shards, tokens::kShardStage);
  io::OutputDirectory output(options.run.out, plan_evaluation(app, kScoreStage, checkpoint, options.shards),
                             options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("evaluate score: up to date -> %s\n", options.run.out.c_str());
    return;
  }
  const LoadedModel loaded = load_model_and_tokenizer(checkpoint, options.device);
  const tokens::ShardReader train(options.shards, tokens::Split::kTrain);
  const tokens::Split split = options.scoring.split == "test" ? tokens::Split::kTest : tokens::Split::kValid;
  const tokens::ShardReader scored(options.shards, split);
  check_shards_fit(loaded, scored, options.shards);
  check_has_rows(scored, options);
  options.scoring.examples.seed = options.scoring.seed;
  const io::Json json =
      to_json(compute_scores(loaded, train, scored, options.scoring), loaded, scored, options.scoring);
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
