#include "shard/merge_command.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
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
#include "common/io/task_parts.h"
#include "common/tokens/shard_format.h"
#include "common/tokens/tokenizer_json.h"
#include "shard/build_result.h"

namespace palimpsest::shard {
namespace {

namespace fs = std::filesystem;

std::vector<UnitResult> all_units(const std::vector<io::TaskPart>& parts) {
  std::vector<UnitResult> units;
  for (const io::TaskPart& part : parts) {
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

void place_files(const std::vector<io::TaskPart>& parts, std::map<std::string, std::string> names,
                 const io::OutputDirectory& output) {
  base::Progress progress("merge", names.size(), "shards");
  for (const io::TaskPart& part : parts) {
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
  const std::vector<io::TaskPart> parts = io::read_task_parts(options.parts, kTaskStage);
  io::OutputDirectory output(options.run.out, io::run_plan(parts.front().manifest, tokens::kShardStage),
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
