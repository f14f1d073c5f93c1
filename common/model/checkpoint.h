// Checkpoints: a directory step-N with model.safetensors, optimizer.safetensors, average.safetensors where
// the run averages its weights, and state.json, renamed into place when complete. state.json holds the
// digests of the other files and of itself, so a damaged checkpoint is never used. An exported model is the
// same without optimizer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/model/model_config.h"
#include "common/model/safetensors.h"
#include "common/model/transformer.h"

namespace palimpsest::model {

inline constexpr const char* kModelFile = "model.safetensors";
inline constexpr const char* kOptimizerFile = "optimizer.safetensors";
inline constexpr const char* kAverageFile = "average.safetensors";
inline constexpr const char* kStateFile = "state.json";

struct CheckpointState {
  std::int64_t step = 0;
  ModelConfig config;
  std::vector<std::string> labels;  ///< framework families; expert i serves label i
  std::string tokenizer_digest;
  std::int64_t row_tokens = 0;
  io::Json trainer = io::Json::object();       ///< what only the trainer needs to go on
  std::map<std::string, std::string> digests;  ///< file name -> SHA-256; filled when written
};

/// A file of a checkpoint and its tensors.
struct TensorFile {
  const char* name;
  NamedTensors tensors;
};

/// Writes the files and state.json with their digests into `directory`, which exists. Not atomic.
void write_checkpoint_files(const std::filesystem::path& directory, CheckpointState state,
                            const std::vector<TensorFile>& files);

/// Writes RUN/checkpoints/step-N atomically.
void write_checkpoint(const std::filesystem::path& run, const CheckpointState& state,
                      const std::vector<TensorFile>& files);

/// Steps of the complete checkpoints of a run, ascending.
std::vector<std::int64_t> checkpoint_steps(const std::filesystem::path& run);

std::filesystem::path checkpoint_path(const std::filesystem::path& run, std::int64_t step);

/// `path` is a checkpoint directory or a run directory, which stands for its last checkpoint.
/// Throws Error{kEnvironment} when there is none.
std::filesystem::path resolve_checkpoint(const std::filesystem::path& path);

/// The tokenizer of a checkpoint: beside it in an exported model, else RUN/tokenizer.json.
std::filesystem::path tokenizer_path(const std::filesystem::path& checkpoint);

/// Throws Error{kBadData} when state.json is damaged or a file does not have its digest.
CheckpointState read_checkpoint_state(const std::filesystem::path& checkpoint);

/// The model with its weights, or with their average. Throws Error{kBadData} when they are damaged,
/// Error{kUsage} when the checkpoint has no average.
Transformer load_model(const std::filesystem::path& checkpoint, const CheckpointState& state,
                       at::Device device, bool average = false);

/// "cpu" or "cuda". Throws Error{kEnvironment} for CUDA without a GPU, Error{kUsage} for anything else.
at::Device parse_device(const std::string& name);

}  // namespace palimpsest::model
