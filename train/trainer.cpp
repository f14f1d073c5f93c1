#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/model/unigram.h"
#include "train/bias_balancing.h"
#include "train/learning_rate.h"
#include "train/matmul_bound.h"
#include "train/position_json.h"
#include "train/validation_metrics.h"

namespace palimpsest::train {
namespace {

constexpr std::int64_t kMostRewinds = 3;
constexpr std::uint64_t kStepsReadAhead = 2;

io::Json rounded(double value) {
  return std::isfinite(value) ? io::Json(value) : io::Json(nullptr);
}

/// Of the bound: only segments without a hole count.
double bits_per_byte(const TrainingBatch& batch, const StepLosses& losses) {
  double bytes = 0;
  double tokens = 0;
  for (std::size_t s = 0; s < batch.rows.segments.size(); ++s) {
    if (batch.masks.has_hole(s)) continue;
    bytes += static_cast<double>(batch.rows.segments[s].text_bytes);
    tokens += static_cast<double>(batch.rows.segments[s].maskable());
  }
  return losses.nelbo * tokens / std::log(2.0) / bytes;
}

/// Largest resident set of the process so far.
std::int64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

Trainer::Trainer(const TrainOptions& options, const TrainerInputs& inputs, const Recipe& recipe,
                 const model::ModelConfig& config, ProcessGroup& group)
    : options_(options),
      group_(group),
      recipe_(recipe),
      train_shards_(inputs.shards, tokens::Split::kTrain),
      valid_shards_(inputs.shards, tokens::Split::kValid),
      device_(model::parse_device(options.device)),
      transformer_(config, options.seed, device_),
      optimizer_(transformer_.parameters(), recipe),
      average_(transformer_.parameters(), recipe.ema_decay),
      guard_(recipe.guard),
      early_stop_(options.patience),
      best_(options.keep_best),
      rows_(train_shards_, options.seed) {
  transformer_.set_precision(recipe_.precision);
  const auto has_spans = [](const StageRecipe& stage) { return stage.span_share > 0; };
  if (std::any_of(recipe_.stages.begin(), recipe_.stages.end(), has_spans))
    shapes_ = model::token_shapes(inputs.tokenizer);
  if (recipe.rows_per_step < group.size()) {
    throw base::Error(base::ErrorCode::kUsage, "more ranks than rows in a step",
                      {.got = fmt::format("{} ranks", group.size()),
                       .expected = fmt::format("at most rows_per_step = {}", recipe.rows_per_step)});
  }
  if (!resume()) {
    transformer_.set_output_bias(model::unigram_log_probs(train_shards_));
    average_.reset();
    start_stage(0);
    share_state();
  }
  open_logs();
}

void Trainer::open_logs() {
  if (!group_.is_first()) return;
  metrics_.emplace(options_.run.out, "metrics", step_);
  timing_.emplace(options_.run.out, "timing", step_);
}

bool Trainer::resume() {
  const bool found = group_.is_first() && load_last_checkpoint();
  if (group_.broadcast(found ? "found" : "") != "found") return false;
  // A kill between saving and pruning leaves one too many.
  if (group_.is_first()) remove_old_checkpoints(options_.run.out, step_, options_.keep_checkpoints, best_);
  share_state();
  return true;
}

bool Trainer::load_last_checkpoint() {
  const std::vector<std::int64_t> steps = model::checkpoint_steps(options_.run.out);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const std::filesystem::path path = model::checkpoint_path(options_.run.out, *step);
    try {
      const model::CheckpointState state = model::read_checkpoint_state(path);
      transformer_.load(model::read_safetensors(path / model::kModelFile), path.string());
      optimizer_.load(model::read_safetensors(path / model::kOptimizerFile), path.string());
      if (average_.enabled()) {
        average_.load(model::read_safetensors(path / model::kAverageFile), path.string());
      }
      restore(state.step, state.trainer, path.string());
      spdlog::info("resuming at step {} from {}", step_, path.string());
      return true;
    } catch (const base::Error& error) {
      spdlog::warn("skipping checkpoint: {}", error.what());
    }
  }
  return false;
}

io::Json Trainer::trainer_state() const {
  io::Json state = to_json(rows_.position());
  state["guard"] = guard_.to_json();
  state["early_stop"] = early_stop_.to_json();
  state["best"] = best_.to_json();
  if (options_.minutes > 0) state["seconds"] = elapsed_seconds();
  return state;
}

void Trainer::restore(std::int64_t step, const io::Json& state, const std::string& where) {
  guard_.load(io::require<io::Json>(state, "guard", where), where);
  early_stop_.load(io::require<io::Json>(state, "early_stop", where), where);
  best_.load(io::require<io::Json>(state, "best", where), where);
  earlier_seconds_ = agreed_.seconds = state.value("seconds", 0.0);
  start_ = std::chrono::steady_clock::now();
  step_ = step;
  // The stage of the last step done, not of the next: a new stage starts its own mix.
  start_stage(recipe_.place(std::max<std::int64_t>(0, step_ - 1)).stage);
  rows_.seek(position_from_json(state, where));
}

void Trainer::share_state() {
  if (group_.size() == 1) return;
  const io::Json first = {{"step", step_}, {"state", trainer_state()}};
  const io::Json shared = io::parse_json(group_.broadcast(first.dump()), "the state of rank 0");
  if (!group_.is_first()) restore(shared["step"], shared["state"], "the state of rank 0");
  share_tensors(group_, transformer_.named_tensors());
  share_tensors(group_, optimizer_.named_tensors());
  share_tensors(group_, average_.named_tensors());
}

void Trainer::start_stage(std::size_t stage) {
  const std::int64_t drawn = recipe_.rows_drawn_per_step();
  const RankShare share{.rank = group_.rank(), .ranks = group_.size()};
  rows_.set_weights(mix_weights(train_shards_, recipe_.stages[stage].mix),
                    kStepsReadAhead * static_cast<std::uint64_t>(drawn), [=, this](std::uint64_t row) {
                      return reads_row(recipe_, stage, share, static_cast<std::int64_t>(row) % drawn);
                    });
}

void Trainer::enter_stage(const Recipe::Place& place) {
  if (place.step_in_stage != 0 || step_ == 0) return;
  start_stage(place.stage);
  guard_.start_stage();
  early_stop_.start_stage();
  if (recipe_.stages[place.stage].upcycle) upcycle(transformer_.parameters(), optimizer_, average_);
}

void Trainer::save() const {
  require_same_tensors(group_, transformer_.named_tensors(), fmt::format("step {}", step_));
  if (!group_.is_first()) return;
  const model::CheckpointState state{.step = step_,
                                     .config = transformer_.config(),
                                     .labels = train_shards_.labels(),
                                     .tokenizer_digest = train_shards_.tokenizer_digest(),
                                     .row_tokens = static_cast<std::int64_t>(train_shards_.row_tokens()),
                                     .trainer = trainer_state()};
  std::vector<model::TensorFile> files = {{model::kModelFile, transformer_.named_tensors()},
                                          {model::kOptimizerFile, optimizer_.named_tensors()}};
  if (average_.enabled()) files.push_back({model::kAverageFile, average_.named_tensors()});
  model::write_checkpoint(options_.run.out, state, files);
  remove_old_checkpoints(options_.run.out, step_, options_.keep_checkpoints, best_);
}

double Trainer::elapsed_seconds() const {
  const std::chrono::duration<double> here = std::chrono::steady_clock::now() - start_;
  return earlier_seconds_ + here.count();
}

bool Trainer::finished() const {
  const bool out_of_time = options_.minutes > 0 && agreed_.seconds >= options_.minutes * 60;
  return step_ >= recipe_.total_steps() || out_of_time || early_stop_.reached();
}

void Trainer::run() {
  const std::int64_t total = recipe_.total_steps();
  matmul_rate_ = matmul_rate(
      transformer_.config(),
      recipe_.rows_per_step / recipe_.micro_batches * static_cast<std::int64_t>(train_shards_.row_tokens()),
      device_, recipe_.precision);
  std::optional<base::Progress> progress;
  if (group_.is_first()) {
    spdlog::info("matrix products run at up to {:.0f} GFLOP/s", matmul_rate_ * group_.size() * 1e-9);
    progress.emplace("train", static_cast<std::uint64_t>(total - step_), "steps");
  }
  while (step_ == 0 || !finished()) {  // at least one step, so that there is a checkpoint
    group_.set_place(fmt::format("step {}", step_));
    const Verdict verdict = train_step();
    if (progress) {
      progress->set_note(note_);
      progress->add();
    }
    agreed_ = agree(group_, elapsed_seconds());
    if (verdict == Verdict::kRewind) {
      rewind();
      save();  // so that a resumed run is behind the rewind too
      continue;
    }
    bool last = finished();
    const bool due = options_.validate_every > 0 && step_ % options_.validate_every == 0;
    const bool best = (last || due) && validate_now();
    last = last || finished();
    if (last || best || step_ % options_.checkpoint_every == 0 || agreed_.signal != 0) save();
    if (last) break;
    if (agreed_.signal != 0) {
      group_.barrier();  // a rank that ends may make its launcher kill the one that writes
      throw base::Interrupted(agreed_.signal);
    }
  }
  if (step_ < total) {
    spdlog::info("ended after {} of {} steps: {}", step_, total,
                 early_stop_.reached() ? "no better validation" : "the minutes are over");
  }
}

void Trainer::rewind() {
  const std::int64_t failed = step_;
  const double seconds = agreed_.seconds;
  const std::int64_t rewinds = guard_.rewinds() + 1;
  if (rewinds > kMostRewinds || !resume()) {
    throw base::Error(base::ErrorCode::kBadData,
                      fmt::format("the last {} steps before step {} had no usable gradient",
                                  recipe_.guard.skips_before_rewind, failed),
                      {.got = rewinds > kMostRewinds ? fmt::format("the same after {} rewinds", kMostRewinds)
                                                     : "no checkpoint to go back to",
                       .hint = "lower learning_rate or raise warmup_steps in the recipe"});
  }
  earlier_seconds_ = agreed_.seconds = seconds;  // what was lost counts too
  guard_.set_rewinds(rewinds);
  // Other rows than those that failed, as PaLM did (arXiv 2204.02311, section 5.1).
  for (std::int64_t i = 0; i < (failed - step_) * recipe_.rows_drawn_per_step(); ++i) rows_.next();
  open_logs();
}

void upcycle(const std::vector<model::Parameter>& parameters, Optimizer& optimizer, WeightAverage& average) {
  const c10::NoGradGuard no_grad;
  for (const model::Parameter& parameter : parameters) {
    if (!model::is_expert_parameter(parameter.name)) continue;
    parameter.value.copy_(parameter.value[kSharedExpert].clone().expand_as(parameter.value));
    optimizer.copy_expert_moments(parameter.name);
  }
  average.copy_expert(kSharedExpert);
}

Verdict Trainer::train_step() {
  const auto start = std::chrono::steady_clock::now();
  const Recipe::Place place = recipe_.place(step_);
  const StageRecipe& stage = recipe_.stages[place.stage];
  enter_stage(place);
  const TrainingBatch batch = next_batch(train_shards_, rows_, recipe_, shapes_, options_.seed, step_,
                                         {.rank = group_.rank(), .ranks = group_.size()});
  RoutingSignals signals(transformer_.config(), train_shards_.labels().size());
  const StepLosses losses =
      accumulate_gradients(transformer_, batch, recipe_.micro_batches, stage.losses, signals, group_);
  const io::Json gradients = gradient_signals(transformer_.parameters());
  const double rate = learning_rate(stage, place.step_in_stage);
  const double gradient_norm = optimizer_.clip_gradients();
  const Verdict verdict = guard_.judge(losses.total, gradient_norm);
  io::Json line = step_metrics(batch, losses, signals, gradient_norm, rate);
  for (std::size_t i = 0; i < gradients.size(); ++i) line["routers"][i]["gradient_norm"] = gradients[i];
  if (verdict == Verdict::kApply) {
    optimizer_.update(step_, rate);
    balance_biases(transformer_.parameters(), signals, recipe_.bias_rate);
    average_.update(step_);
  } else {
    optimizer_.drop_gradients();
    spdlog::warn("step {} skipped: loss {:.4g}, gradient norm {:.4g}", step_, losses.total, gradient_norm);
    line["skipped"] = guard_.skipped();
  }
  if (guard_.rewinds() > 0) line["rewinds"] = guard_.rewinds();
  if (metrics_) metrics_->write(line);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  log_timing(batch, losses, elapsed.count());
  ++step_;
  return verdict;
}

void Trainer::log_timing(const TrainingBatch& batch, const StepLosses& losses, double seconds) {
  const double tokens_per_second = static_cast<double>(batch.rows.ids.size()) / seconds;
  const auto masked = static_cast<std::int64_t>(batch.masks.positions.size());
  const double share =
      step_flops(transformer_.config(), batch.rows, masked) / seconds / (matmul_rate_ * group_.size());
  if (!timing_) return;
  timing_->write({{"kind", "timing"},
                  {"step", step_},
                  {"seconds", seconds},
                  {"tokens_per_second", tokens_per_second},
                  {"matmul_share", plotted(share)},
                  {"peak_memory_bytes", peak_memory_bytes()}});
  note_ = fmt::format("{}: {:.3f} nats/token, {:.3f} bits/byte, {:.0f} tokens/s, {:.0f}% of the matmul bound",
                      recipe_.stages[recipe_.place(step_).stage].name, losses.nelbo,
                      bits_per_byte(batch, losses), tokens_per_second, 100 * share);
}

io::Json Trainer::step_metrics(const TrainingBatch& batch, const StepLosses& losses,
                               const RoutingSignals& signals, double gradient_norm, double rate) const {
  const StageRecipe& stage = recipe_.stages[recipe_.place(step_).stage];
  const model::LossCoefficients& coefficients = stage.losses;
  io::Json line = {{"kind", "step"},
                   {"step", step_},
                   {"stage", stage.name},
                   {"learning_rate", rate},
                   {"total", rounded(losses.total)},
                   {"nelbo", rounded(losses.nelbo)},
                   {"bits_per_byte", rounded(bits_per_byte(batch, losses))},
                   {"gradient_norm", rounded(gradient_norm)},
                   {"weight_norm", plotted(weight_norm(transformer_.parameters()))}};
  if (losses.span > 0) {
    line["span"] = rounded(losses.span);
    line["weighted"]["span"] = plotted(coefficients.span * losses.span);
  }
  if (signals.empty()) return line;
  line["load_balance"] = rounded(signals.load_balance());
  line["z"] = rounded(losses.z);
  line["supervised"] = rounded(losses.supervised);
  line["weighted"].update({{"load_balance", plotted(coefficients.load_balance * signals.load_balance())},
                           {"z", plotted(coefficients.z * losses.z)},
                           {"supervised", plotted(coefficients.supervised * losses.supervised)}});
  line["router_entropy"] = rounded(signals.entropy());
  line["specialization"] = specialization_json(train_shards_.labels(), signals.counts());
  line["specialization_by_mask_ratio"] = specialization_by_bin_json(signals.counts_by_bin());
  line["routers"] = signals.to_json(train_shards_.labels());
  return line;
}

model::Score Trainer::score(const model::ScoreOptions& options) const {
  if (!average_.enabled()) return model::score_split(transformer_, valid_shards_, options);
  model::Transformer averaged(transformer_.config(), /*seed=*/0, device_);
  averaged.set_precision(recipe_.precision);
  averaged.load(average_.named_tensors(), "the average of the weights");
  return model::score_split(averaged, valid_shards_, options);
}

bool Trainer::validate_now() {
  const std::size_t stage = recipe_.place(step_ - 1).stage;
  const model::Score result =
      score({.rows_per_label = options_.validate_rows,
             .seed = options_.seed,
             .stops = false,
             .forced_expert = recipe_.is_shared(stage) ? kSharedExpert : model::kRouterChooses});
  if (metrics_) metrics_->write(validation_metrics(step_ - 1, valid_shards_.labels(), result));
  spdlog::info("step {}: validation {}", step_, describe(result));
  // Every rank scores the same rows, so none waits; the score that counts is that of rank 0.
  std::vector<double> first_score = {group_.is_first() ? result.mean_bits_per_byte() : 0};
  group_.all_reduce_sum(first_score);
  early_stop_.add(first_score[0]);
  return best_.add(stage, step_, first_score[0]);
}

model::Score Trainer::final_score() const {
  return score({.seed = options_.seed});
}

}  // namespace palimpsest::train
