// A model, its tokenizer and the shards it is scored on, checked to belong together.
#pragma once

#include <filesystem>
#include <string>

#include <CLI/App.hpp>

#include "common/io/manifest.h"
#include "common/model/checkpoint.h"
#include "common/model/transformer.h"
#include "common/tokens/shard_reader.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::evaluate {

struct LoadedModel {
  std::filesystem::path checkpoint;
  model::CheckpointState state;
  model::Transformer transformer;
  tokens::Tokenizer tokenizer;
};

/// `path` is a run directory of `train run` or a step-N inside one. Throws Error when the checkpoint is
/// missing or damaged, or when the tokenizer beside it is not the one the model was trained with.
LoadedModel load_model_and_tokenizer(const std::filesystem::path& path, const std::string& device);

/// Names a checkpoint's very weights, whose digests its state lists.
std::string checkpoint_digest(const std::filesystem::path& checkpoint);

/// What the output of `stage` on these inputs depends on: the command's options but for the places of model
/// and shards, and the digests of both.
io::Manifest plan_evaluation(const CLI::App& app, const std::string& stage,
                             const std::filesystem::path& checkpoint, const std::filesystem::path& shards);

/// Throws Error{kBadData} when the shards were made with another tokenizer or other labels than the model.
void check_shards_fit(const LoadedModel& loaded, const tokens::ShardReader& shards,
                      const std::filesystem::path& directory);

}  // namespace palimpsest::evaluate
