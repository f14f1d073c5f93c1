// `evaluate bench`: a table of metrics by filler and family.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "common/base/stage.h"
#include "evaluate/bench/filler.h"

namespace palimpsest::bench {

inline constexpr const char* kBenchStage = "evaluate bench";

/// Where a model comes in. This library knows none, so that it builds without LibTorch.
struct ModelSource {
  /// Names the very weights, for the manifest; throws Error when there are none.
  std::function<std::string(const std::filesystem::path& model)> digest;
  /// Loads the model.
  std::function<std::unique_ptr<Filler>(const std::filesystem::path& model)> load;
  /// Adds the model's own flags to the command's.
  std::function<void(CLI::App& app)> add_options;
};

/// Without a model source the command has no --model and runs the baselines alone.
void add_bench_command(base::Stage& stage, ModelSource model = {});

}  // namespace palimpsest::bench
