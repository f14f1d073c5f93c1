#include "evaluate/bench/bench_command.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "evaluate/bench/baselines.h"
#include "evaluate/bench/bench_report.h"
#include "evaluate/bench/bound_fillers.h"
#include "evaluate/bench/copy_filler.h"

namespace palimpsest::bench {
namespace {

namespace fs = std::filesystem;

struct BenchCommandOptions {
  base::RunOptions run;
  fs::path tasks;
  fs::path documents;  ///< training text of the baselines; empty = only those that need none
  fs::path model;
  bool no_tests = false;
  int wall_s = SandboxLimits{}.wall_s;
  BenchRunOptions bench;
  tokens::SplitOptions split;

  void validate() const {
    base::validate(run);
    tokens::validate(split);
    const auto most = static_cast<std::int64_t>(bench.candidates);
    if (bench.candidates < 1 || bench.ks.empty() || wall_s < 1 ||
        std::any_of(bench.ks.begin(), bench.ks.end(), [&](auto k) { return k < 1 || k > most; })) {
      throw base::Error(base::ErrorCode::kUsage, "bad --candidates, --k or --test-seconds",
                        {.expected = "at least 1, and no k above the candidates"});
    }
  }
};

void add_options(CLI::App& app, BenchCommandOptions& options, bool has_model) {
  base::add_run_options(app, options.run);
  app.add_option("tasks", options.tasks, "File of tasks, see evaluate/bench/task_format.md")->required();
  app.add_option("--baselines-from", options.documents,
                 "Output directory of `ingest run`, from whose training repositories the baselines learn");
  if (has_model) {
    app.add_option("--model", options.model, "Output directory of `train run`, or a step-N inside it");
  }
  app.add_option("--candidates", options.bench.candidates, "Fills of each hole; pass@k needs k")
      ->capture_default_str();
  app.add_option("--k", options.bench.ks, "pass@k is reported for these")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--seed", options.bench.seed, "Fills, training sample and intervals")->capture_default_str();
  app.add_flag("--no-tests", options.no_tests, "Never run code, even if tasks have tests");
  app.add_option("--test-seconds", options.wall_s, "Wall clock of one test run")->capture_default_str();
  tokens::add_split_options(app, options.split);
}

io::Manifest make_plan(const CLI::App& app, const BenchCommandOptions& options, const ModelSource& model) {
  io::Manifest plan{.stage = kBenchStage, .config = base::resolved_config(app)};
  for (const char* path : {"tasks", "baselines-from", "model"}) plan.config.erase(path);
  plan.inputs["tasks"] = base::sha256_file_hex(options.tasks);
  if (!options.documents.empty()) {
    io::read_manifest(options.documents, io::kDocumentsStage);
    plan.inputs["documents"] = io::manifest_digest(options.documents);
    tokens::add_split_inputs(options.split, plan.inputs);
  }
  if (!options.model.empty()) plan.inputs["model"] = model.digest(options.model);
  return plan;
}

std::vector<std::shared_ptr<const Filler>> make_fillers(const BenchCommandOptions& options,
                                                        const ModelSource& model) {
  std::vector<std::shared_ptr<const Filler>> fillers;
  if (!options.model.empty()) fillers.emplace_back(model.load(options.model));
  if (options.documents.empty()) {
    fillers.push_back(std::make_shared<CopyFiller>());
  } else {
    const tokens::RepositorySplit split = tokens::split_documents(options.documents, options.split);
    for (auto& filler : learn_baselines(options.documents, split, options.bench.seed)) {
      fillers.push_back(std::move(filler));
    }
  }
  fillers.push_back(std::make_shared<EmptyFiller>());
  return fillers;
}

/// Nothing where no task has tests or the user wants none run.
std::optional<NodeSandbox> make_sandbox(const std::vector<Task>& tasks, const BenchCommandOptions& options) {
  const bool has_tests =
      std::any_of(tasks.begin(), tasks.end(), [](const Task& task) { return !task.tests.empty(); });
  if (!has_tests || options.no_tests) return std::nullopt;
  return std::make_optional<NodeSandbox>(SandboxLimits{.wall_s = options.wall_s});
}

void run(const CLI::App& app, const BenchCommandOptions& options, const ModelSource& model) {
  options.validate();
  io::OutputDirectory output(options.run.out, make_plan(app, options, model), options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("%s: up to date -> %s\n", kBenchStage, options.run.out.c_str());
    return;
  }
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  const std::vector<Task> tasks = load_tasks(options.tasks);
  const std::optional<NodeSandbox> sandbox = make_sandbox(tasks, options);
  std::vector<std::shared_ptr<const Filler>> fillers = make_fillers(options, model);
  if (std::all_of(tasks.begin(), tasks.end(), [](const Task& task) { return task.has_canonical; })) {
    fillers.push_back(std::make_shared<CanonicalFiller>());
  }
  io::Json result = {{"tasks", tasks.size()},
                     {"sandbox", sandbox ? sandbox->description() : "no tests run"},
                     {"metrics", metric_names(options.bench)},
                     {"fillers", io::Json::array()}};
  std::string lines;
  for (const auto& filler : fillers) {
    const std::vector<Judgement> judgements =
        run_bench(tasks, *filler, sandbox ? &*sandbox : nullptr, options.bench);
    result["fillers"].push_back(summarize(*filler, tasks, judgements, options.bench));
    for (std::size_t i = 0; i < tasks.size(); ++i)
      lines += fill_line(*filler, tasks[i], judgements[i]) + "\n";
  }
  const std::string table = bench_table(result);
  io::write_json(output.partial_path(kBenchResultName), result);
  io::write_file_atomically(output.partial_path(kBenchFillsName), lines);
  io::write_file_atomically(output.partial_path(kBenchTableName), table);
  output.publish({{"tasks", tasks.size()}, {"fillers", fillers.size()}});
  std::printf("%s%s: -> %s\n", table.c_str(), kBenchStage, options.run.out.c_str());
}

}  // namespace

void add_bench_command(base::Stage& stage, ModelSource model) {
  auto options = std::make_shared<BenchCommandOptions>();
  const bool has_model = static_cast<bool>(model.load);
  const auto add_model_options = model.add_options;
  CLI::App& app = stage.add(
      "bench", "Fills a set of tasks and compares: exact match, CodeBLEU, pass@k -> result.json",
      [options, model = std::move(model)](const CLI::App& subcommand) { run(subcommand, *options, model); });
  add_options(app, *options, has_model);
  if (add_model_options) add_model_options(app);
}

}  // namespace palimpsest::bench
