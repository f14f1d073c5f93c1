#include "ingest/ingest.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "ingest/acquire_all.h"
#include "ingest/assembly.h"
#include "ingest/decontamination.h"
#include "ingest/result_cache.h"
#include "ingest/source.h"
#include "ingest/source_documents.h"
#include "ingest/source_list.h"
#include "ingest/source_result.h"
#include "ingest/task.h"
#include "ingest/task_share.h"
#include "ingest/timings.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// Sources in the order given: lists first, then arguments.
std::vector<SourceSpec> list_sources(const IngestOptions& options, io::Manifest& plan) {
  std::vector<SourceSpec> specs;
  for (std::size_t i = 0; i < options.lists.size(); ++i) {
    const fs::path& path = options.lists[i];
    const std::string text = io::read_file(path);
    plan.inputs[fmt::format("list {}", i)] = base::sha256_hex(text);
    for (SourceSpec& spec : parse_list(text, path)) specs.push_back(std::move(spec));
  }
  for (const std::string& text : options.sources) specs.push_back(parse_source(text));
  return specs;
}

/// Adds the files' digests to the plan's inputs.
Decontamination load_decontamination(const std::vector<fs::path>& files, io::Manifest& plan) {
  Decontamination tasks;
  for (std::size_t i = 0; i < files.size(); ++i) {
    plan.inputs[fmt::format("decontaminate {}", i)] = base::sha256_file_hex(files[i]);
    tasks.add_file(files[i]);
  }
  if (tasks.tasks_too_short() > 0) {
    spdlog::warn("--decontaminate: {} of {} tasks are too short to be looked for", tasks.tasks_too_short(),
                 tasks.tasks());
  }
  return tasks;
}

/// The sources that this process works on: all, or the share of its task.
std::vector<NumberedSource> own_sources(const std::vector<SourceSpec>& specs, const IngestOptions& options) {
  std::vector<std::uint64_t> bytes;
  for (const SourceSpec& spec : specs) bytes.push_back(known_bytes(spec));
  std::vector<NumberedSource> sources;
  for (const std::size_t i : task_share(bytes, options.task, options.tasks)) sources.push_back({i, specs[i]});
  return sources;
}

/// True when every source states its own digest and the output of this very plan is there: then nothing needs
/// to be fetched to know that nothing is to be done.
bool is_done_already(const std::vector<NumberedSource>& sources, io::Manifest plan, const fs::path& out) {
  for (const NumberedSource& source : sources) {
    const std::string digest = declared_digest(source.spec);
    if (digest.empty()) return false;
    plan.inputs[input_role(source)] = digest;
  }
  if (!fs::exists(out / io::kManifestName)) return false;
  return io::OutputDirectory(out, std::move(plan), true).up_to_date();
}

/// What the result of a source depends on beside the source itself.
struct Recipe {
  const IngestOptions& options;
  const FrameworkTable& table;
  const Decontamination& tasks;
  const ResultCache& cache;
};

SourceResult make_result(AcquiredSource& source, const Recipe& recipe) {
  if (std::optional<SourceResult> known = recipe.cache.find(source)) return std::move(*known);
  const AcquiredSource key = source;  // reading a tarball finds its identity
  try {
    SourceFiles files = read_source(source, recipe.options);
    SourceResult result{.source = source.spec.text(), .identity = {}, .error = {}, .content = {}};
    result.content = make_documents(source, std::move(files), recipe.table, recipe.options, recipe.tasks);
    result.identity = source.identity;
    recipe.cache.store(key, result);
    return result;
  } catch (const base::Error& error) {
    return failed_result(source.spec, error);
  }
}

/// Sources that failed, and how to end because of them.
class Failures {
 public:
  explicit Failures(bool keep_going) : keep_going_(keep_going) {}

  void add(const SourceResult& result) {
    messages_.push_back(result.source + ": " + result.error);
    if (result.error_code != base::ErrorCode::kBadData) code_ = base::ErrorCode::kEnvironment;
    if (keep_going_) spdlog::warn("left out {}", messages_.back());
  }

  /// Throws if sources failed and the user did not ask to go on without them.
  void throw_if_any(std::size_t sources) const {
    if (messages_.empty() || keep_going_) return;
    if (messages_.size() > 1) {
      for (const std::string& message : messages_) spdlog::error("{}", message);
    }
    throw base::Error(
        code_, fmt::format("{} of {} sources failed: {}", messages_.size(), sources, messages_.front()),
        {.hint = "what the others gave is kept in the cache; --keep-going leaves such sources out"});
  }

 private:
  bool keep_going_;
  base::ErrorCode code_ = base::ErrorCode::kBadData;
  std::vector<std::string> messages_;
};

/// Makes the result of each source and hands it on, in order. Several sources are read and made at once,
/// because reading and handing on use one thread each.
void process_all(std::vector<FetchedSource>& sources, const Recipe& recipe, Timings& timings,
                 const std::function<void(std::size_t, SourceResult&&)>& take) {
  Failures failures(recipe.options.keep_going);
  base::Progress progress("ingest", sources.size(), "sources");
  std::size_t next = 0;
  const auto choose = [&](tbb::flow_control& flow) -> FetchedSource* {
    base::throw_if_stopped();
    if (next < sources.size()) return &sources[next++];
    flow.stop();
    return nullptr;
  };
  const auto make = [&](FetchedSource* fetched) {
    if (!fetched->source) return fetched;
    const std::string name = fetched->source->spec.text();
    fetched->result = timings.measure("process", name, [&] { return make_result(*fetched->source, recipe); });
    return fetched;
  };
  const auto hand_on = [&](FetchedSource* fetched) {
    SourceResult result = std::move(fetched->result);
    const std::string name = result.source;
    progress.set_note(name);
    for (const FileTime& file : result.content.slowest)
      timings.add_file(name + ":" + file.path, file.seconds);
    if (!result.error.empty()) failures.add(result);
    timings.measure("assemble", name, [&] { take(fetched->index, std::move(result)); });
    progress.add();
  };
  using tbb::filter_mode;
  tbb::parallel_pipeline(2 * static_cast<std::size_t>(base::thread_count(recipe.options.run)),
                         tbb::make_filter<void, FetchedSource*>(filter_mode::serial_in_order, choose) &
                             tbb::make_filter<FetchedSource*, FetchedSource*>(filter_mode::parallel, make) &
                             tbb::make_filter<FetchedSource*, void>(filter_mode::serial_in_order, hand_on));
  failures.throw_if_any(sources.size());
}

}  // namespace

LoadedFrameworks load_frameworks(const fs::path& path) {
  LoadedFrameworks frameworks;
  frameworks.text = path.empty() ? std::string(built_in_frameworks()) : io::read_file(path);
  frameworks.table =
      parse_framework_table(frameworks.text, path.empty() ? "built-in frameworks.toml" : path.string());
  return frameworks;
}

RunResult run_ingest(const IngestOptions& options, const std::map<std::string, std::string>& config) {
  const LoadedFrameworks frameworks = load_frameworks(options.frameworks);
  io::Manifest plan;
  plan.stage = io::kDocumentsStage;
  plan.config = config;
  plan.inputs["frameworks"] = base::sha256_hex(frameworks.text);
  const Decontamination tasks = load_decontamination(options.decontaminate, plan);
  const io::Manifest shared = plan;
  const std::vector<SourceSpec> specs = list_sources(options, plan);
  const bool is_task = options.tasks > 1;
  if (is_task) plan = task_plan(std::move(plan), specs, options);
  const std::string stage = plan.stage;
  const std::vector<NumberedSource> own = own_sources(specs, options);
  if (is_done_already(own, plan, options.run.out))
    return {true, io::read_manifest(options.run.out, stage).counts};

  Timings timings;
  std::vector<FetchedSource> sources = acquire_all(own, options, timings, plan);
  io::OutputDirectory output(options.run.out, plan, options.run.overwrite);
  if (output.up_to_date()) return {true, io::read_manifest(options.run.out, stage).counts};

  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  const ResultCache cache(options.incremental ? cache_directory(options) / "results" : fs::path(), shared);
  const Recipe recipe{options, frameworks.table, tasks, cache};
  io::Json counts;
  if (is_task) {
    process_all(sources, recipe, timings, [&](std::size_t index, SourceResult&& result) {
      save_source_result(result, output.partial_path(task_file_name(index)));
    });
    counts = {{"task", options.task},
              {"of", options.tasks},
              {"sources", sources.size()},
              {"labels", frameworks.table.labels()},
              {"near_duplicates", options.near_duplicates}};
  } else {
    Assembly assembly(output, frameworks.table.labels(), options.near_duplicates);
    process_all(sources, recipe, timings,
                [&](std::size_t, SourceResult&& result) { assembly.add(std::move(result)); });
    counts = assembly.finish();
  }
  output.publish(counts);
  cache.remove_unused();
  const io::Json times = timings.to_json();
  io::write_json(options.run.out / io::kTimingsName, times);
  return {false, counts, times};
}

}  // namespace palimpsest::ingest
