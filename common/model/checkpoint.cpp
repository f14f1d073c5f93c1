#include "common/model/checkpoint.h"

#include <algorithm>
#include <charconv>

#include <ATen/Context.h>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/model/weight_format.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::model {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpoints = "checkpoints";
constexpr std::string_view kStepPrefix = "step-";
constexpr int kCheckpointFormat = 1;

/// Of the state itself: a flipped digit would else go unseen.
constexpr const char* kOwnDigest = "sha256";

std::string own_digest(io::Json json) {
  json.erase(kOwnDigest);
  return base::sha256_hex(json.dump());
}

io::Json to_json(const CheckpointState& state) {
  io::Json json = {{"format", kCheckpointFormat},
                   {"step", state.step},
                   {"model", to_json(state.config)},
                   {"labels", state.labels},
                   {"tokenizer_digest", state.tokenizer_digest},
                   {"row_tokens", state.row_tokens},
                   {"trainer", state.trainer},
                   {"digests", state.digests}};
  json[kOwnDigest] = own_digest(json);
  return json;
}

/// A checkpoint may come from a stranger; it must not make us read a device, or what lies elsewhere.
void check_plain_name(const std::string& name, const std::string& where) {
  if (!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos) return;
  throw base::Error(base::ErrorCode::kBadData, "checkpoint names a file outside itself",
                    {.got = name, .expected = "the name of a file beside it", .where = where});
}

[[noreturn]] void throw_damaged(const fs::path& file) {
  throw base::Error(base::ErrorCode::kBadData, "damaged checkpoint: wrong SHA-256",
                    {.where = file.string(), .hint = "use an earlier step-N"});
}

}  // namespace

fs::path checkpoint_path(const fs::path& run, std::int64_t step) {
  return run / kCheckpoints / (std::string(kStepPrefix) + std::to_string(step));
}

void write_checkpoint_files(const fs::path& directory, CheckpointState state,
                            const std::vector<TensorFile>& files) {
  for (const TensorFile& file : files) {
    write_safetensors(directory / file.name, file.tensors);
    state.digests[file.name] = base::sha256_file_hex(directory / file.name);
  }
  io::write_json(directory / kStateFile, to_json(state));
}

void write_checkpoint(const fs::path& run, const CheckpointState& state,
                      const std::vector<TensorFile>& files) {
  const fs::path target = checkpoint_path(run, state.step);
  const fs::path partial = target.string() + std::string(io::kPartialSuffix);
  fs::remove_all(partial);
  io::make_directories(partial);
  try {
    write_checkpoint_files(partial, state, files);
  } catch (...) {
    fs::remove_all(partial);  // makes room on a full disk
    throw;
  }
  fs::remove_all(target);  // a damaged one of the same step that a resumed run passes again
  io::rename_file(partial, target);
  io::sync_to_disk(target.parent_path());
}

std::vector<std::int64_t> checkpoint_steps(const fs::path& run) {
  std::vector<std::int64_t> steps;
  if (!fs::is_directory(run / kCheckpoints)) return steps;
  for (const auto& entry : fs::directory_iterator(run / kCheckpoints)) {
    const std::string name = entry.path().filename().string();
    std::int64_t step = 0;
    if (!name.starts_with(kStepPrefix)) continue;
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + kStepPrefix.size(), end, step);
    if (parsed.ec == std::errc() && parsed.ptr == end) steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

fs::path resolve_checkpoint(const fs::path& path) {
  if (fs::exists(path / kStateFile)) return path;
  const std::vector<std::int64_t> steps = checkpoint_steps(path);
  if (steps.empty()) {
    throw base::Error(
        base::ErrorCode::kEnvironment, "no checkpoint",
        {.expected = "the output directory of `train run`, or a step-N inside it", .where = path.string()});
  }
  return checkpoint_path(path, steps.back());
}

fs::path tokenizer_path(const fs::path& checkpoint) {
  const fs::path beside = checkpoint / tokens::kTokenizerFile;
  if (fs::exists(beside)) return beside;
  return fs::weakly_canonical(checkpoint).parent_path().parent_path() / tokens::kTokenizerFile;
}

CheckpointState read_checkpoint_state(const fs::path& checkpoint) {
  const fs::path file = checkpoint / kStateFile;
  const std::string where = file.string();
  const io::Json json = io::read_json(file);
  if (const int format = io::require<int>(json, "format", where); format != kCheckpointFormat) {
    throw base::Error(
        base::ErrorCode::kBadData, "unknown checkpoint format",
        {.got = std::to_string(format),
         .expected = std::to_string(kCheckpointFormat),
         .where = where,
         .hint = "another version of this tool made it; use that one, or train again in a new directory"});
  }
  if (json.contains(kOwnDigest) && json[kOwnDigest] != own_digest(json)) throw_damaged(file);
  CheckpointState state;
  state.step = io::require<std::int64_t>(json, "step", where);
  state.config = model_config_from_json(io::require<io::Json>(json, "model", where), where);
  state.labels = io::require<std::vector<std::string>>(json, "labels", where);
  state.tokenizer_digest = io::require<std::string>(json, "tokenizer_digest", where);
  state.row_tokens = io::require<std::int64_t>(json, "row_tokens", where);
  state.trainer = io::require<io::Json>(json, "trainer", where);
  state.digests = io::require<std::map<std::string, std::string>>(json, "digests", where);
  state.digests.try_emplace(kModelFile);
  for (const auto& [name, digest] : state.digests) {
    check_plain_name(name, where);
    if (digest != base::sha256_file_hex(checkpoint / name)) throw_damaged(checkpoint / name);
  }
  return state;
}

Transformer load_model(const fs::path& checkpoint, const CheckpointState& state, at::Device device,
                       bool average) {
  if (average && !state.digests.contains(kAverageFile)) {
    throw base::Error(base::ErrorCode::kUsage, "checkpoint has no average of its weights",
                      {.where = checkpoint.string(), .hint = "train with ema_decay in the recipe"});
  }
  const fs::path file = checkpoint / (average ? kAverageFile : kModelFile);
  Transformer transformer(state.config, /*seed=*/0, device);
  transformer.load(unpack_weights(read_safetensors(file), file.string()), file.string());
  return transformer;
}

at::Device parse_device(const std::string& name) {
  if (name == "cpu") return at::kCPU;
  if (name != "cuda") {
    throw base::Error(base::ErrorCode::kUsage, "unknown --device", {.got = name, .expected = "cpu or cuda"});
  }
  if (!at::globalContext().hasCUDART()) {
    throw base::Error(
        base::ErrorCode::kEnvironment, "--device cuda: this build links no CUDA libraries",
        {.hint = "pipelines/setup.sh --cuda && cmake --preset cuda && cmake --build --preset cuda"});
  }
  if (!at::hasCUDA()) {
    throw base::Error(base::ErrorCode::kEnvironment, "--device cuda: no GPU can be used",
                      {.expected = "an NVIDIA GPU and a driver for CUDA 13, which nvidia-smi lists",
                       .hint = "use --device cpu"});
  }
  return at::kCUDA;
}

}  // namespace palimpsest::model
