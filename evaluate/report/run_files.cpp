#include "evaluate/report/run_files.h"

#include <algorithm>
#include <optional>
#include <set>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/manifest.h"
#include "evaluate/routing/routing_command.h"
#include "evaluate/score/score_command.h"

namespace palimpsest::evaluate {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMetricsName = "metrics.jsonl";
constexpr const char* kReportJsonName = "report.json";

struct StageOutput {
  fs::path directory;
  io::Manifest manifest;
};

std::vector<fs::path> sorted_folders(const fs::path& parent) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry :
       fs::directory_iterator(parent, fs::directory_options::skip_permission_denied, error)) {
    if (entry.is_directory(error)) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// None when the folder has no manifest that can be read: a neighbour, not an input.
std::optional<StageOutput> stage_output(const fs::path& directory) {
  const fs::path path = directory / io::kManifestName;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  try {
    return StageOutput{directory, io::parse_manifest(io::read_json(path), path.string())};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

fs::path find_model(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    throw base::Error(base::ErrorCode::kEnvironment, "no such run", {.where = directory.string()});
  }
  if (fs::exists(directory / kMetricsName)) return directory;
  std::vector<fs::path> found;
  for (const fs::path& folder : sorted_folders(directory)) {
    if (fs::exists(folder / kMetricsName)) found.push_back(folder);
  }
  const auto usual = std::find(found.begin(), found.end(), directory / "model");
  if (usual != found.end()) return *usual;
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    throw base::Error(
        base::ErrorCode::kEnvironment, std::string("no ") + kMetricsName,
        {.expected = "the output of `train run`, or a folder that holds it", .where = directory.string()});
  }
  throw base::Error(base::ErrorCode::kUsage, "several runs in one folder",
                    {.got = found[0].string() + " and " + found[1].string(),
                     .expected = "one of them",
                     .where = directory.string()});
}

std::string default_name(const fs::path& model) {
  const fs::path path = fs::absolute(model).lexically_normal();
  const fs::path folder = path.has_filename() ? path : path.parent_path();
  const bool says_nothing = folder.filename() == "model" && folder.has_parent_path();
  return (says_nothing ? folder.parent_path() : folder).filename().string();
}

/// SHA-256 of each checkpoint's state.json: what a score's manifest records as its input.
std::set<std::string> checkpoint_digests(const fs::path& model, const std::optional<StageOutput>& output) {
  std::set<std::string> digests;
  if (output) {
    for (const io::OutputFile& file : output->manifest.outputs) digests.insert(file.sha256);
  }
  for (const fs::path& checkpoint : sorted_folders(model / "checkpoints")) {
    if (fs::exists(checkpoint / "state.json"))
      digests.insert(base::sha256_file_hex(checkpoint / "state.json"));
  }
  return digests;
}

std::int64_t evaluated_step(const fs::path& file) {
  const io::Json json = io::read_json(file);
  const auto step = json.is_object() ? json.find("step") : json.end();
  return json.is_object() && step != json.end() && step->is_number() ? step->get<std::int64_t>() : -1;
}

/// The candidate that `stage` made of the latest of the checkpoints; `name` is its result.
fs::path find_evaluation(const std::set<std::string>& checkpoints, const std::vector<StageOutput>& candidates,
                         const char* stage, const char* name) {
  fs::path found;
  std::int64_t best = -2;
  for (const StageOutput& candidate : candidates) {
    const auto input = candidate.manifest.inputs.find("checkpoint");
    if (candidate.manifest.stage != stage || input == candidate.manifest.inputs.end()) continue;
    if (!checkpoints.contains(input->second)) continue;
    const std::int64_t step = evaluated_step(candidate.directory / name);
    if (step <= best) continue;
    best = step;
    found = candidate.directory;
  }
  return found;
}

/// The folder of `stage` whose manifest `wanted` names by digest.
fs::path find_stage(const std::vector<StageOutput>& neighbours, const std::string& stage,
                    const std::optional<StageOutput>& reader, const char* role) {
  if (!reader) return {};
  const auto wanted = reader->manifest.inputs.find(role);
  if (wanted == reader->manifest.inputs.end()) return {};
  for (const StageOutput& neighbour : neighbours) {
    if (neighbour.manifest.stage == stage && io::manifest_digest(neighbour.directory) == wanted->second) {
      return neighbour.directory;
    }
  }
  return {};
}

}  // namespace

RunFiles find_run_files(const std::string& spec, const std::vector<fs::path>& scores) {
  const std::size_t equals = spec.find('=');
  const bool named = equals != std::string::npos && equals > 0 && !fs::exists(spec);
  RunFiles run;
  run.model = find_model(named ? spec.substr(equals + 1) : spec);
  run.name = named ? spec.substr(0, equals) : default_name(run.model);
  run.metrics = run.model / kMetricsName;
  if (fs::exists(run.model / "timing.jsonl")) run.timing = run.model / "timing.jsonl";
  std::optional<StageOutput> model;
  if (const fs::path manifest = run.model / io::kManifestName; fs::exists(manifest)) {
    model = {run.model, io::parse_manifest(io::read_json(manifest), manifest.string())};
  } else {
    run.notes.push_back("The training run has no manifest: it has not finished, or was stopped.");
  }

  std::vector<StageOutput> given;
  for (const fs::path& directory : scores)
    given.push_back({directory, io::read_manifest(directory, kScoreStage)});
  std::vector<StageOutput> neighbours;
  for (const fs::path& folder : sorted_folders(fs::absolute(run.model).lexically_normal().parent_path())) {
    if (auto output = stage_output(folder)) neighbours.push_back(std::move(*output));
  }
  const std::set<std::string> checkpoints = checkpoint_digests(run.model, model);
  run.scores = find_evaluation(checkpoints, given.empty() ? neighbours : given, kScoreStage, kScoresName);
  run.routing = find_evaluation(checkpoints, neighbours, kRoutingStage, kRoutingName);
  run.shards = find_stage(neighbours, "shard build", model, "shards");
  const std::optional<StageOutput> shards = run.shards.empty() ? std::nullopt : stage_output(run.shards);
  run.documents = find_stage(neighbours, "ingest run", shards, "documents");
  for (const StageOutput& neighbour : neighbours) {
    if (!shards || neighbour.manifest.stage != "tokenize train") continue;
    const auto tokenizer = shards->manifest.inputs.find("tokenizer");
    for (const io::OutputFile& file : neighbour.manifest.outputs) {
      const bool same = tokenizer != shards->manifest.inputs.end() && file.sha256 == tokenizer->second;
      if (same && file.path == "tokenizer.json") run.tokenizer = neighbour.directory;
    }
  }
  return run;
}

std::map<std::string, std::string> RunFiles::digests() const {
  std::map<std::string, std::string> digests;
  const auto add = [&](const char* role, const fs::path& file) {
    if (fs::exists(file)) digests[role] = base::sha256_file_hex(file);
  };
  add("metrics", metrics);
  add("model", model / io::kManifestName);
  if (!timing.empty()) add("timing", timing);
  if (!scores.empty()) add("scores", scores / kScoresName);
  if (!routing.empty()) add("routing", routing / kRoutingName);
  if (!shards.empty()) add("shards", shards / io::kManifestName);
  if (!documents.empty()) add("documents", documents / kReportJsonName);
  if (!tokenizer.empty()) add("tokenizer", tokenizer / kReportJsonName);
  return digests;
}

void make_names_unique(std::vector<RunFiles>& runs) {
  std::set<std::string> taken;
  for (RunFiles& run : runs) {
    std::string name = run.name;
    for (int n = 2; !taken.insert(name).second; ++n) name = run.name + " (" + std::to_string(n) + ")";
    run.name = name;
  }
}

}  // namespace palimpsest::evaluate
