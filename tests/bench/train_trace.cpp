// Trains a few steps on real rows and writes everything that tests/bench/train_twin.py needs to repeat them
// in Python: weights before, batches, logits of the first forward pass, the loss and the seconds of each
// step.
//
//   train_trace SHARDS MODEL RECIPE OUT THREADS [PROFILE.json]
//
// With PROFILE.json, one more step is run under LibTorch's profiler, which writes it there (Chrome's trace
// format).
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/profiler_legacy.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/model/safetensors.h"
#include "common/model/transformer.h"
#include "common/model/unigram.h"
#include "common/tokens/shard_reader.h"
#include "train/gradient_step.h"
#include "train/learning_rate.h"
#include "train/optimizer.h"
#include "train/training_batch.h"

namespace palimpsest::train {
namespace {

constexpr std::uint64_t kSeed = 1;

void add_batch(const TrainingBatch& batch, std::int64_t step, at::Device device,
               model::NamedTensors& tensors) {
  const model::ModelInput input = model::ModelInput::from(batch.rows, batch.masks, batch.forced, device);
  std::vector<std::int64_t> target;
  for (const std::int64_t position : batch.masks.positions)
    target.push_back(batch.rows.ids[static_cast<std::size_t>(position)]);
  std::vector<std::int64_t> label;
  std::vector<float> label_weight;
  for (std::size_t s = 0; s < batch.rows.segments.size(); ++s) {
    label.push_back(batch.rows.segments[s].label);
    label_weight.push_back(static_cast<float>(1 - batch.masks.mask_ratio[s]));
  }
  const std::string prefix = std::to_string(step) + ".";
  const auto add = [&](const char* name, const at::Tensor& value) {
    tensors.emplace_back(prefix + name, value);
  };
  add("ids_BT", input.ids_BT);
  add("position_BT", input.position_BT);
  add("segment_BT", input.segment_BT);
  add("visible_weight_N", input.mean_weight_N);
  add("forced_S", input.forced_S);
  add("masked_M", input.predict_M);
  add("target_M", model::to_tensor(target, device));
  add("weight_M", model::to_tensor(batch.masks.weight, device));
  add("label_S", model::to_tensor(label, device));
  add("label_weight_S", model::to_tensor(label_weight, device));
  add("maskable", at::tensor({batch.rows.maskable()}, at::kLong));
}

/// What a training step of `train run` does, without its logs.
double train_step(const model::Transformer& transformer, const TrainingBatch& batch, const Recipe& recipe,
                  std::int64_t step, std::size_t families, Optimizer& optimizer) {
  const StageRecipe& stage = recipe.stages.front();
  RoutingSignals signals(transformer.config(), families);
  const StepLosses losses =
      accumulate_gradients(transformer, batch, recipe.micro_batches, stage.losses, signals);
  optimizer.clip_gradients();
  optimizer.update(step, learning_rate(stage, step));
  return losses.total;
}

void trace(const std::filesystem::path& shards_path, const std::string& model_name,
           const std::string& recipe_name, const std::filesystem::path& out, const std::string& profile) {
  const tokens::ShardReader shards(shards_path, tokens::Split::kTrain);
  const Recipe recipe = load_recipe(recipe_name);
  model::ModelConfig config = model::load_model_config(model_name);
  config.vocabulary = static_cast<std::int64_t>(shards.vocabulary_size());
  const at::Device device(at::kCPU);
  model::Transformer transformer(config, kSeed, device);
  transformer.set_output_bias(model::unigram_log_probs(shards));
  Optimizer optimizer(transformer.parameters(), recipe);
  TrainingRows rows(shards, kSeed);
  rows.set_weights(mix_weights(shards, recipe.stages.front().mix), 0, {});

  std::filesystem::create_directories(out);
  model::write_safetensors(out / "model.safetensors", transformer.named_tensors());
  std::vector<TrainingBatch> batches;
  model::NamedTensors tensors;
  for (std::int64_t step = 0; step < recipe.total_steps(); ++step) {
    batches.push_back(next_batch(shards, rows, recipe, {}, kSeed, step));
    add_batch(batches.back(), step, device, tensors);
  }
  model::write_safetensors(out / "batches.safetensors", tensors);
  {
    const c10::NoGradGuard no_grad;
    const TrainingBatch& first = batches.front();
    const model::ModelInput input = model::ModelInput::from(first.rows, first.masks, first.forced, device);
    model::write_safetensors(out / "logits.safetensors",
                             {{"logits_MV", transformer.forward(input).logits_MV()}});
  }
  io::Json losses = io::Json::array();
  io::Json seconds = io::Json::array();
  io::Json rates = io::Json::array();
  for (std::size_t step = 0; step < batches.size(); ++step) {
    const auto number = static_cast<std::int64_t>(step);
    const auto start = std::chrono::steady_clock::now();
    losses.push_back(
        train_step(transformer, batches[step], recipe, number, shards.labels().size(), optimizer));
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    rates.push_back(learning_rate(recipe.stages.front(), number));
  }
  if (!profile.empty()) {
    const torch::autograd::profiler::RecordProfile record(profile);
    train_step(transformer, batches.back(), recipe, recipe.total_steps(), shards.labels().size(), optimizer);
  }
  const io::Json result = {{"model", model::to_json(config)},
                           {"recipe", to_json(recipe)},
                           {"threads", at::get_num_threads()},
                           {"learning_rate", rates},
                           {"loss", losses},
                           {"seconds", seconds}};
  io::write_file_atomically(out / "trace.json", result.dump(1) + "\n");
}

}  // namespace
}  // namespace palimpsest::train

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "usage: train_trace SHARDS MODEL RECIPE OUT THREADS [PROFILE.json]\n";
    return 2;
  }
  try {
    at::set_num_threads(std::stoi(argv[5]));
    palimpsest::train::trace(argv[1], argv[2], argv[3], argv[4], argc > 6 ? argv[6] : "");
  } catch (const std::exception& error) {
    std::cerr << "train_trace: " << error.what() << "\n";
    return 1;
  }
}
