#include "train/trainer.h"

#include <chrono>
#include <cmath>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/model/objective.h"
#include "common/model/unigram.h"
#include "train/position_json.h"

namespace palimpsest::train {
namespace {

std::vector<std::uint64_t> row_counts(const tokens::ShardReader& shards) {
  std::vector<std::uint64_t> counts;
  for (std::size_t label = 0; label < shards.labels().size(); ++label)
    counts.push_back(shards.row_count(label));
  return counts;
}

io::Json rounded(double value) {
  return std::isfinite(value) ? io::Json(value) : io::Json(nullptr);
}

io::Json specialization_json(const std::vector<std::string>& labels, const model::RoutingCounts& routing) {
  io::Json json = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) json[labels[f]] = rounded(routing.specialization(f));
  return json;
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, const Recipe& recipe, const model::ModelConfig& config)
    : options_(options),
      recipe_(recipe),
      train_shards_(options.shards, tokens::Split::kTrain),
      valid_shards_(options.shards, tokens::Split::kValid),
      device_(model::parse_device(options.device)),
      transformer_(config, options.seed, device_),
      optimizer_(transformer_.parameters(), recipe),
      sampler_(row_counts(train_shards_), options.seed) {
  if (!resume()) {
    transformer_.set_output_bias(model::unigram_log_probs(train_shards_));
    start_stage(0);
  }
  metrics_.emplace(options.run.out, "metrics.jsonl", step_);
  timing_.emplace(options.run.out, "timing.jsonl", step_);
}

bool Trainer::resume() {
  const std::vector<std::int64_t> steps = model::checkpoint_steps(options_.run.out);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const std::filesystem::path path = model::checkpoint_path(options_.run.out, *step);
    try {
      const model::CheckpointState state = model::read_checkpoint_state(path);
      transformer_.load(model::read_safetensors(path / model::kModelFile), path.string());
      optimizer_.load(model::read_safetensors(path / model::kOptimizerFile), path.string());
      step_ = state.step;
      // The stage of the last step done, not of the next: a new stage starts its own mix.
      start_stage(recipe_.place(step_ - 1).stage);
      sampler_.seek(position_from_json(state.trainer, path.string()));
      spdlog::info("resuming at step {} from {}", step_, path.string());
      return true;
    } catch (const base::Error& error) {
      spdlog::warn("skipping checkpoint: {}", error.what());
    }
  }
  return false;
}

void Trainer::start_stage(std::size_t stage) {
  sampler_.set_weights(mix_weights(train_shards_, recipe_.stages[stage].mix));
}

void Trainer::upcycle() {
  const c10::NoGradGuard no_grad;
  for (const model::Parameter& parameter : transformer_.parameters()) {
    if (parameter.name.find(".experts.") == std::string::npos) continue;
    parameter.value.copy_(parameter.value[kSharedExpert].clone().expand_as(parameter.value));
    optimizer_.copy_expert_moments(parameter.name);
  }
}

void Trainer::save() const {
  const model::CheckpointState state{.step = step_,
                                     .config = transformer_.config(),
                                     .labels = train_shards_.labels(),
                                     .tokenizer_digest = train_shards_.tokenizer_digest(),
                                     .row_tokens = static_cast<std::int64_t>(train_shards_.row_tokens()),
                                     .trainer = to_json(sampler_.position())};
  model::write_checkpoint(options_.run.out, state, transformer_.named_tensors(), optimizer_.named_tensors());
  std::vector<std::int64_t> steps = model::checkpoint_steps(options_.run.out);
  for (std::size_t i = 0; i + static_cast<std::size_t>(options_.keep_checkpoints) < steps.size(); ++i) {
    std::filesystem::remove_all(model::checkpoint_path(options_.run.out, steps[i]));
  }
}

void Trainer::run() {
  const std::int64_t total = recipe_.total_steps();
  base::Progress progress("train", static_cast<std::uint64_t>(total - step_), "steps");
  while (step_ < total) {
    train_step();
    progress.set_note(note_);
    progress.add();
    const bool last = step_ == total;
    if (last || (options_.validate_every > 0 && step_ % options_.validate_every == 0)) validate_now();
    if (last || step_ % options_.checkpoint_every == 0 || base::stop_signal() != 0) save();
    if (!last) base::throw_if_stopped();
  }
}

void Trainer::train_step() {
  const auto start = std::chrono::steady_clock::now();
  const Recipe::Place place = recipe_.place(step_);
  const StageRecipe& stage = recipe_.stages[place.stage];
  if (place.step_in_stage == 0 && step_ > 0) {
    start_stage(place.stage);
    if (stage.upcycle) upcycle();
  }
  const TrainingBatch batch = next_batch(train_shards_, sampler_, recipe_, options_.seed, step_);
  const model::ModelInput input = model::ModelInput::from(batch.rows, batch.masks, batch.forced, device_);
  const model::ModelOutput output = transformer_.forward(input);
  const model::Objective objective = model::compute_objective(output, batch.rows, batch.masks, stage.losses);
  objective.total.backward();
  const double rate = learning_rate(stage, place.step_in_stage);
  const double gradient_norm = optimizer_.step(step_, rate);
  metrics_->write(step_metrics(batch, output, input, objective, gradient_norm, rate));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const double tokens_per_second = static_cast<double>(batch.rows.ids.size()) / elapsed.count();
  timing_->write({{"step", step_}, {"seconds", elapsed.count()}, {"tokens_per_second", tokens_per_second}});
  note_ =
      fmt::format("{}: {:.3f} nats/token, {:.0f} tokens/s", stage.name, objective.nelbo, tokens_per_second);
  ++step_;
}

io::Json Trainer::step_metrics(const TrainingBatch& batch, const model::ModelOutput& output,
                               const model::ModelInput& input, const model::Objective& objective,
                               double gradient_norm, double rate) const {
  const auto bytes = static_cast<double>(batch.rows.text_bytes());
  const double nats = objective.nelbo * static_cast<double>(batch.rows.maskable());
  io::Json line = {{"kind", "step"},
                   {"step", step_},
                   {"stage", recipe_.stages[recipe_.place(step_).stage].name},
                   {"learning_rate", rate},
                   {"total", objective.total.item<double>()},
                   {"nelbo", objective.nelbo},
                   {"bits_per_byte", nats / std::log(2.0) / bytes},
                   {"gradient_norm", gradient_norm}};
  if (output.routers.empty()) return line;
  model::RoutingCounts routing(output.routers.size(), train_shards_.labels().size(),
                               static_cast<std::size_t>(transformer_.config().experts));
  model::count_routing(output, batch.rows, input, routing);
  line["load_balance"] = objective.load_balance;
  line["z"] = objective.z;
  line["supervised"] = objective.supervised;
  line["router_entropy"] = model::normalized_router_entropy(output);
  line["specialization"] = specialization_json(train_shards_.labels(), routing);
  return line;
}

void Trainer::validate_now() {
  const bool shared = recipe_.is_shared(recipe_.place(step_ - 1).stage);
  const model::Score score =
      model::score_split(transformer_, valid_shards_,
                         {.rows_per_label = options_.validate_rows,
                          .seed = options_.seed,
                          .forced_expert = shared ? kSharedExpert : model::kRouterChooses});
  io::Json families = io::Json::object();
  const std::vector<std::string>& labels = valid_shards_.labels();
  for (std::size_t f = 0; f < labels.size(); ++f) {
    families[labels[f]] = rounded(score.families[f].bits_per_byte());
  }
  io::Json line = {{"kind", "validation"},
                   {"step", step_ - 1},
                   {"bits_per_byte", score.mean_bits_per_byte()},
                   {"perplexity", score.total().perplexity()},
                   {"bits_per_byte_by_family", families}};
  std::string routing = "";
  if (score.routing.layers() > 0) {
    line["router_entropy"] = score.router_entropy;
    line["specialization"] = specialization_json(labels, score.routing);
    line["mean_specialization"] = rounded(score.routing.mean_specialization());
    routing = fmt::format(", S1 {:.2f}, router entropy {:.2f}", score.routing.mean_specialization(),
                          score.router_entropy);
  }
  metrics_->write(line);
  spdlog::info("step {}: validation {:.3f} bits/byte, perplexity {:.1f}{}", step_, score.mean_bits_per_byte(),
               score.total().perplexity(), routing);
}

model::Score Trainer::final_score() const {
  return model::score_split(transformer_, valid_shards_, {.seed = options_.seed});
}

}  // namespace palimpsest::train
