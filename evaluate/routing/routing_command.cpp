#include "evaluate/routing/routing_command.h"

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
#include "evaluate/infill/source_text.h"
#include "evaluate/routing/routing_study.h"
#include "evaluate/routing/text_routing.h"

namespace palimpsest::evaluate {
namespace {

namespace fs = std::filesystem;

struct RoutingCommandOptions {
  base::RunOptions run;
  fs::path model;                    ///< run directory or checkpoint
  fs::path shards;                   ///< output directory of `shard build`; empty = texts are given
  std::vector<fs::path> files;       ///< "-" = standard input
  std::vector<std::string> prompts;  ///< texts
  std::string path = "stdin.ts";     ///< of standard input and prompts, for the header
  std::string format = "table";
  std::string device = "cpu";
  RoutingStudyOptions study;

  bool has_texts() const { return !files.empty() || !prompts.empty(); }

  void validate() const {
    const auto refuse = [](const char* what, const char* expected) {
      throw base::Error(base::ErrorCode::kUsage, what, {.expected = expected});
    };
    if (model.empty()) refuse("no model", "--model DIR");
    if (shards.empty() == !has_texts()) {
      refuse(has_texts() ? "shards and texts" : "nothing to route",
             "either --shards DIR, or files and --prompt TEXT");
    }
    if (has_texts() && !run.out.empty()) refuse("--out with texts", "no --out: the table goes to stdout");
    if (!has_texts()) base::validate(run);
    if (study.draws.draws < 1 || study.forced_draws < 0 || study.forced_draws > study.draws.draws) {
      refuse("bad --mask-draws or --forced-draws", "at least 1, and 0 to as many");
    }
    if (study.draws.rows_per_label < 0 || study.probe_rows < 0 || study.shuffles < 0) {
      refuse("bad --rows, --probe-rows or --shuffles", "0 or more");
    }
  }
};

void add_options(CLI::App& app, RoutingCommandOptions& options) {
  base::add_run_options(app, options.run);
  app.add_option("files", options.files, "Files to route, - for standard input, instead of --shards");
  app.add_option("--prompt", options.prompts, "Texts to route")->take_all();
  app.add_option("--path", options.path, "Path that prompts and standard input have in their visible header")
      ->capture_default_str();
  app.add_option("--format", options.format, "Of routed files and prompts: table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_option("--model", options.model, "Output directory of `train run`, or a step-N inside it");
  app.add_option("--shards", options.shards, "Output directory of `shard build`");
  app.add_option("--split", options.study.split, "valid or test")
      ->check(CLI::IsMember({"valid", "test"}))
      ->capture_default_str();
  app.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  app.add_option("--mask-draws", options.study.draws.draws, "How often each row is masked anew")
      ->capture_default_str();
  app.add_option("--forced-draws", options.study.forced_draws,
                 "In how many of these every expert is forced in turn; 0 leaves that out")
      ->capture_default_str();
  app.add_option("--rows", options.study.draws.rows_per_label,
                 "Most rows of each label, evenly spaced; 0 = all")
      ->capture_default_str();
  app.add_option("--probe-rows", options.study.probe_rows,
                 "Most training rows of each label that the probe learns from; 0 = all")
      ->capture_default_str();
  app.add_option("--shuffles", options.study.shuffles, "Permutations of the labels that show chance")
      ->capture_default_str();
  app.add_option("--seed", options.study.draws.seed, "Masks, probe, shuffles and intervals")
      ->capture_default_str();
}

void route_texts(const RoutingCommandOptions& options) {
  std::vector<std::pair<std::string, std::string>>
      texts;  // name and text; read first, so that errors come soon
  for (const fs::path& file : options.files) {
    texts.emplace_back(file.generic_string(), infill::read_source_text(file));
    if (texts.back().second.empty())
      throw base::Error(base::ErrorCode::kBadData, "file is empty", {.where = file.string()});
  }
  for (const std::string& prompt : options.prompts) {
    if (prompt.empty()) throw base::Error(base::ErrorCode::kUsage, "empty --prompt");
    texts.emplace_back("", prompt);
  }
  const LoadedModel loaded = load_model_and_tokenizer(options.model, options.device);
  check_has_router(loaded.state.config, loaded.checkpoint);
  io::Json list = io::Json::array();
  std::string tables;
  for (const auto& [name, text] : texts) {
    const bool is_file = !name.empty() && name != "-";
    const TextRouting routing =
        route_text(loaded, name.empty() ? "prompt" : name, is_file ? name : options.path, text);
    list.push_back(to_json(routing, loaded));
    tables += (tables.empty() ? "" : "\n") + text_routing_table(routing, loaded);
  }
  const std::string output =
      options.format == "json" ? list.dump(2, ' ', false, io::Json::error_handler_t::replace) + "\n" : tables;
  std::fwrite(output.data(), 1, output.size(), stdout);
}

io::Manifest make_plan(const CLI::App& app, const RoutingCommandOptions& options,
                       const fs::path& checkpoint) {
  io::Manifest plan = plan_evaluation(app, kRoutingStage, checkpoint, options.shards);
  for (const char* key : {"files", "prompt", "path", "format"}) plan.config.erase(key);
  return plan;
}

void study_shards(const CLI::App& app, const RoutingCommandOptions& options) {
  const fs::path checkpoint = model::resolve_checkpoint(options.model);
  io::read_manifest(options.shards, tokens::kShardStage);
  io::OutputDirectory output(options.run.out, make_plan(app, options, checkpoint), options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("%s: up to date -> %s\n", kRoutingStage, options.run.out.c_str());
    return;
  }
  const LoadedModel loaded = load_model_and_tokenizer(checkpoint, options.device);
  check_has_router(loaded.state.config, loaded.checkpoint);
  check_has_own_experts(loaded.state.config, loaded.state.labels.size(), loaded.checkpoint);
  const tokens::ShardReader train(options.shards, tokens::Split::kTrain);
  const bool test = options.study.split == "test";
  const tokens::ShardReader split(options.shards, test ? tokens::Split::kTest : tokens::Split::kValid);
  check_shards_fit(loaded, split, options.shards);
  const io::Json study = study_routing(loaded, train, split, options.study);
  io::write_json(output.partial_path(kRoutingName), study);
  output.publish({{"specialization", study.at("router").at("specialization")}});
  std::printf("%s%s: -> %s\n", routing_tables(study).c_str(), kRoutingStage,
              (options.run.out / kRoutingName).c_str());
}

}  // namespace

void add_routing_command(base::Stage& stage) {
  auto options = std::make_shared<RoutingCommandOptions>();
  CLI::App& app = stage.add(
      "routing",
      "How well the router knows the families, and a probe beside it -> routing.json; or routes files",
      [options](const CLI::App& subcommand) {
        options->validate();
        at::set_num_threads(base::thread_count(options->run));
        options->has_texts() ? route_texts(*options) : study_shards(subcommand, *options);
      });
  add_options(app, *options);
}

}  // namespace palimpsest::evaluate
