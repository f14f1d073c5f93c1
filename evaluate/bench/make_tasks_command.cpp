#include "evaluate/bench/make_tasks_command.h"

#include <cstdio>
#include <map>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "evaluate/bench/task_maker.h"

namespace palimpsest::bench {
namespace {

struct MakeTasksCommandOptions {
  std::filesystem::path documents;
  std::filesystem::path out;
  std::string split = "valid";
  bool overwrite = false;
  int threads = 0;
  MakeTasksOptions tasks;
  tokens::SplitOptions repositories;

  void validate() const {
    if (out.empty())
      throw base::Error(base::ErrorCode::kUsage, "no output", {.expected = "--out FILE.jsonl"});
    if (tasks.per_family < 1 || tasks.per_file < 1) {
      throw base::Error(base::ErrorCode::kUsage, "bad --per-family or --per-file",
                        {.expected = "at least 1"});
    }
    tokens::validate(repositories);
  }
};

void add_options(CLI::App& app, MakeTasksCommandOptions& options) {
  app.add_option("documents", options.documents, "Output directory of `ingest run`")->required();
  app.add_option("-o,--out", options.out, "File of tasks to write")->group(base::kRunGroup);
  app.add_flag("--overwrite", options.overwrite, "Replace a file with other tasks")->group(base::kRunGroup);
  app.add_option("-j,--threads", options.threads, "Threads; 0 = one per core")->group(base::kRunGroup);
  app.add_option("--split", options.split, "Repositories to cut from: valid or test")
      ->check(CLI::IsMember({"valid", "test"}))
      ->capture_default_str();
  app.add_option("--per-family", options.tasks.per_family, "Tasks of each family, spread over the kinds")
      ->capture_default_str();
  app.add_option("--per-file", options.tasks.per_file, "Most of one kind from one document")
      ->capture_default_str();
  app.add_option("--seed", options.tasks.seed, "Chooses among the holes")->capture_default_str();
  tokens::add_split_options(app, options.repositories);
}

void write_tasks(const std::vector<Task>& tasks, const MakeTasksCommandOptions& options) {
  std::string lines;
  for (const Task& task : tasks) lines += to_json_line(task) + "\n";
  if (std::filesystem::exists(options.out)) {
    if (io::read_file(options.out) == lines) {
      std::printf("evaluate make-tasks: up to date -> %s\n", options.out.c_str());
      return;
    }
    if (!options.overwrite) {
      throw base::Error(base::ErrorCode::kUsage, "file holds something else",
                        {.where = options.out.string(), .hint = "choose another --out or pass --overwrite"});
    }
  }
  io::write_file_atomically(options.out, lines);
  std::map<std::string, std::map<std::string, int>> counts;
  for (const Task& task : tasks) ++counts[task.family][task.hole.kind];
  for (const auto& [family, kinds] : counts) {
    std::printf("%s:", family.c_str());
    for (const auto& [kind, count] : kinds) std::printf(" %s %d", kind.c_str(), count);
    std::printf("\n");
  }
  std::printf("evaluate make-tasks: %zu tasks -> %s\n", tasks.size(), options.out.c_str());
}

void run(MakeTasksCommandOptions options) {
  options.validate();
  options.tasks.split = options.split == "test" ? tokens::Split::kTest : tokens::Split::kValid;
  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(base::thread_count({.threads = options.threads})));
  const tokens::RepositorySplit split = tokens::split_documents(options.documents, options.repositories);
  for (const std::string& gap : split.gaps()) spdlog::warn("split: {}", gap);
  const std::vector<Task> tasks = make_tasks(options.documents, split, options.tasks);
  if (tasks.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no holes found", {.where = options.documents.string()});
  }
  write_tasks(tasks, options);
}

}  // namespace

void add_make_tasks_command(base::Stage& stage) {
  auto options = std::make_shared<MakeTasksCommandOptions>();
  CLI::App& app = stage.add("make-tasks", "Cuts holes from validation repositories -> tasks for `bench`",
                            [options](const CLI::App&) { run(*options); });
  add_options(app, *options);
}

}  // namespace palimpsest::bench
