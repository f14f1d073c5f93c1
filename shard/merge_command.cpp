#include "shard/merge_command.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/base/stage.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/tokens/tokenizer_json.h"
#include "shard/build_result.h"
#include "shard/build_task.h"

namespace palimpsest::shard {
namespace {

namespace fs = std::filesystem;

struct Part {
  fs::path directory;
  io::Manifest manifest;

  std::string where() const { return (directory / io::kManifestName).string(); }
};

std::vector<Part> read_parts(const std::vector<fs::path>& directories) {
  std::vector<Part> parts;
  for (const fs::path& directory : directories)
    parts.push_back({directory, io::read_manifest(directory, kTaskStage)});
  return parts;
}

void check_parts(const std::vector<Part>& parts) {
  const io::Manifest& first = parts.front().manifest;
  const auto tasks = io::require<std::size_t>(first.counts, "of", parts.front().where());
  std::set<std::size_t> seen;
  for (const Part& part : parts) {
    if (part.manifest.inputs.at(kRunRole) != first.inputs.at(kRunRole) ||
        part.manifest.tool_version != base::tool_version()) {
      throw base::Error(
          base::ErrorCode::kBadData, "parts of different builds",
          {.expected = "the same documents, tokenizer, options, version and --of", .where = part.where()});
    }
    if (!seen.insert(io::require<std::size_t>(part.manifest.counts, "task", part.where())).second) {
      throw base::Error(base::ErrorCode::kUsage, "the same task twice",
                        {.where = part.where(), .hint = "name each task's directory once"});
    }
  }
  if (seen.size() != tasks) {
    throw base::Error(base::ErrorCode::kUsage, fmt::format("{} of {} tasks are here", seen.size(), tasks),
                      {.where = parts.front().where(), .hint = "name the directories of all tasks"});
  }
}

std::vector<UnitResult> all_units(const std::vector<Part>& parts) {
  std::vector<UnitResult> units;
  for (const Part& part : parts) {
    for (const io::Json& unit : io::require<io::Json>(part.manifest.counts, "units", part.where()))
      units.push_back(parse_unit_result(unit, part.where()));
  }
  std::sort(units.begin(), units.end(),
            [](const UnitResult& a, const UnitResult& b) { return a.unit < b.unit; });
  return units;
}

void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_hard_link(from, to, error);
  if (error) io::write_file_atomically(to, io::read_file(from));
}

void place_files(const std::vector<Part>& parts, std::map<std::string, std::string> names,
                 const io::OutputDirectory& output) {
  base::Progress progress("merge", names.size(), "shards");
  for (const Part& part : parts) {
    for (const io::OutputFile& file : part.manifest.outputs) {
      base::throw_if_stopped();
      const auto found = names.find(file.path);
      if (found == names.end() && file.path != tokens::kTokenizerFile) continue;
      const bool is_shard = found != names.end();
      if (!is_shard && &part != &parts.front()) continue;
      io::verify_output(part.directory, file);
      link_or_copy(part.directory / file.path, output.partial_path(is_shard ? found->second : file.path));
      if (is_shard) {
        names.erase(found);
        progress.add();
      }
    }
  }
  if (!names.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "shard of a unit is in no part",
                      {.got = names.begin()->first, .hint = "run the task again with --overwrite"});
  }
}

}  // namespace

void add_merge_command(base::Stage& stage) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App& app =
      stage.add("merge", "Joins the parts of `shard build --task` into the output of the whole build",
                [options](auto&) { run_merge(*options); });
  base::add_run_options(app, options->run);
  app.add_option("part", options->parts, "Output directories of all tasks")
      ->required()
      ->group(base::kRunGroup);
}

void run_merge(const MergeOptions& options) {
  base::validate(options.run);
  const std::vector<Part> parts = read_parts(options.parts);
  check_parts(parts);
  io::OutputDirectory output(options.run.out, build_plan_of_task(parts.front().manifest),
                             options.run.overwrite);
  if (output.up_to_date()) {
    std::printf("shard merge: up to date, nothing to do -> %s\n", options.run.out.c_str());
    return;
  }
  const std::vector<UnitResult> units = all_units(parts);
  place_files(parts, shard_names(units), output);
  output.publish(build_counts(
      io::require<io::Json>(parts.front().manifest.counts, "shared", parts.front().where()), units));
  std::printf("shard merge: %s", result_text(units, options.run.out).c_str());
}

}  // namespace palimpsest::shard
