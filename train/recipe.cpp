#include "train/recipe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/model/toml_table.h"

namespace palimpsest::embedded {
extern const std::string_view kTwoStageRecipe;
extern const std::string_view kUnsupervisedRecipe;
}  // namespace palimpsest::embedded

namespace palimpsest::train {
namespace {

template <typename Enum>
using Names = std::array<std::pair<const char*, Enum>, std::is_same_v<Enum, Schedule> ? 4 : 2>;

constexpr Names<Mix> kMixes = {{{"natural", Mix::kNatural}, {"balanced", Mix::kBalanced}}};
constexpr Names<model::Precision> kPrecisions = {
    {{"float32", model::Precision::kFloat32}, {"bfloat16", model::Precision::kBfloat16}}};
constexpr Names<OptimizerKind> kOptimizers = {
    {{"muon", OptimizerKind::kMuon}, {"adamw", OptimizerKind::kAdamW}}};
constexpr Names<Schedule> kSchedules = {{{"cosine", Schedule::kCosine},
                                         {"warmup-stable-decay", Schedule::kWarmupStableDecay},
                                         {"restarts", Schedule::kRestarts},
                                         {"constant", Schedule::kConstant}}};

template <typename Enum>
std::string name_of(Enum value, const Names<Enum>& names) {
  for (const auto& [name, candidate] : names)
    if (candidate == value) return name;
  return "";
}

/// The value of `key`, one of `names`.
template <typename Enum>
Enum get_named(model::TomlTable& table, const char* key, Enum fallback, const Names<Enum>& names) {
  const std::string got = table.get(key, name_of(fallback, names));
  std::vector<std::string> known;
  for (const auto& [name, value] : names) {
    if (got == name) return value;
    known.emplace_back(name);
  }
  throw base::Error(
      base::ErrorCode::kUsage, std::string("unknown ") + key,
      {.got = got, .expected = fmt::format("{}", fmt::join(known, ", ")), .where = table.where()});
}

StageRecipe parse_stage(const toml::table& toml, const std::string& where) {
  model::TomlTable table(toml, where);
  StageRecipe stage;
  stage.name = table.get("name", stage.name);
  stage.steps = table.get("steps", stage.steps);
  stage.mix = get_named(table, "mix", stage.mix, kMixes);
  stage.learning_rate = table.get("learning_rate", stage.learning_rate);
  stage.final_learning_rate = table.get("final_learning_rate", stage.final_learning_rate);
  stage.warmup_steps = table.get("warmup_steps", stage.warmup_steps);
  stage.schedule = get_named(table, "schedule", stage.schedule, kSchedules);
  stage.decay_share = table.get("decay_share", stage.decay_share);
  stage.cycles = table.get("cycles", stage.cycles);
  stage.losses.load_balance = table.get("load_balance", stage.losses.load_balance);
  stage.losses.z = table.get("z", stage.losses.z);
  stage.losses.supervised = table.get("supervised", stage.losses.supervised);
  stage.upcycle = table.get("upcycle", stage.upcycle);
  stage.forced_share = table.get("forced_share", stage.forced_share);
  stage.span_share = table.get("span_share", stage.span_share);
  stage.losses.span = table.get("span", stage.losses.span);
  table.check_all_used();
  return stage;
}

Recipe parse_recipe(std::string_view text, const std::string& where) {
  const toml::table toml = model::parse_toml(text, where);
  model::TomlTable table(toml, where);
  Recipe recipe;
  recipe.rows_per_step = table.get("rows_per_step", recipe.rows_per_step);
  recipe.precision = get_named(table, "precision", recipe.precision, kPrecisions);
  recipe.optimizer = get_named(table, "optimizer", recipe.optimizer, kOptimizers);
  recipe.complementary_masks = table.get("complementary_masks", recipe.complementary_masks);
  recipe.micro_batches = table.get("micro_batches", recipe.micro_batches);
  recipe.weight_decay = table.get("weight_decay", recipe.weight_decay);
  recipe.beta1 = table.get("beta1", recipe.beta1);
  recipe.beta2 = table.get("beta2", recipe.beta2);
  recipe.gradient_clip = table.get("gradient_clip", recipe.gradient_clip);
  recipe.bias_rate = table.get("bias_rate", recipe.bias_rate);
  recipe.ema_decay = table.get("ema_decay", recipe.ema_decay);
  recipe.guard.spike_factor = table.get("spike_factor", recipe.guard.spike_factor);
  recipe.guard.window = table.get("spike_window", recipe.guard.window);
  recipe.guard.skips_before_rewind = table.get("skips_before_rewind", recipe.guard.skips_before_rewind);
  if (const toml::array* stages = table.array("stage")) {
    for (const toml::node& node : *stages) {
      const toml::table* stage = node.as_table();
      const std::string place = fmt::format("{}, stage {}", where, recipe.stages.size() + 1);
      if (stage == nullptr) {
        throw base::Error(base::ErrorCode::kUsage, "stage is not a table",
                          {.expected = "[[stage]]", .where = place});
      }
      recipe.stages.push_back(parse_stage(*stage, place));
    }
  }
  table.check_all_used();
  recipe.validate();
  return recipe;
}

void require(bool holds, const std::string& what, double got, const char* expected) {
  if (holds) return;
  throw base::Error(base::ErrorCode::kUsage, "bad recipe: " + what,
                    {.got = fmt::format("{}", got), .expected = expected});
}

}  // namespace

std::int64_t Recipe::total_steps() const {
  std::int64_t total = 0;
  for (const StageRecipe& stage : stages) total += stage.steps;
  return total;
}

bool Recipe::is_shared(std::size_t stage) const {
  return std::any_of(stages.begin() + static_cast<std::ptrdiff_t>(stage) + 1, stages.end(),
                     [](const StageRecipe& later) { return later.upcycle; });
}

Recipe::Place Recipe::place(std::int64_t step) const {
  std::size_t stage = 0;
  while (stage + 1 < stages.size() && step >= stages[stage].steps) step -= stages[stage++].steps;
  return {stage, step};
}

void Recipe::scale_steps(double factor) {
  for (StageRecipe& stage : stages) {
    const auto scaled = [factor](std::int64_t steps) {
      return static_cast<std::int64_t>(std::llround(static_cast<double>(steps) * factor));
    };
    stage.steps = std::max<std::int64_t>(1, scaled(stage.steps));
    stage.warmup_steps = std::min(stage.steps, scaled(stage.warmup_steps));
  }
}

void Recipe::validate() const {
  require(!stages.empty(), "number of stages", 0, "at least one [[stage]]");
  require(rows_per_step >= 1, "rows_per_step", static_cast<double>(rows_per_step), "at least 1");
  require(gradient_clip > 0, "gradient_clip", gradient_clip, "more than 0");
  require(!complementary_masks || rows_per_step % 2 == 0, "rows_per_step", static_cast<double>(rows_per_step),
          "an even number with complementary_masks");
  require(micro_batches >= 1 && micro_batches <= rows_per_step, "micro_batches",
          static_cast<double>(micro_batches), "1 to rows_per_step");
  require(bias_rate >= 0 && bias_rate < 1, "bias_rate", bias_rate, "0 to less than 1");
  require(ema_decay >= 0 && ema_decay < 1, "ema_decay", ema_decay, "0 to less than 1");
  require(guard.spike_factor == 0 || guard.spike_factor > 1, "spike_factor", guard.spike_factor,
          "0 (off) or more than 1");
  require(guard.window >= 1, "spike_window", static_cast<double>(guard.window), "at least 1");
  require(guard.skips_before_rewind >= 1, "skips_before_rewind",
          static_cast<double>(guard.skips_before_rewind), "at least 1");
  for (const StageRecipe& stage : stages) {
    const std::string name = "stage \"" + stage.name + "\": ";
    require(stage.steps >= 1, name + "steps", static_cast<double>(stage.steps), "at least 1");
    require(stage.learning_rate > 0, name + "learning_rate", stage.learning_rate, "more than 0");
    require(stage.warmup_steps >= 0 && stage.warmup_steps <= stage.steps, name + "warmup_steps",
            static_cast<double>(stage.warmup_steps), "0 to steps");
    require(stage.decay_share > 0 && stage.decay_share <= 1, name + "decay_share", stage.decay_share,
            "more than 0, at most 1");
    require(stage.cycles >= 1, name + "cycles", static_cast<double>(stage.cycles), "at least 1");
    require(stage.forced_share >= 0 && stage.forced_share <= 1, name + "forced_share", stage.forced_share,
            "0 to 1");
    require(stage.span_share >= 0 && stage.span_share <= 1, name + "span_share", stage.span_share, "0 to 1");
    require(stage.losses.span >= 0, name + "span", stage.losses.span, "at least 0");
  }
}

Recipe load_recipe(const std::string& preset_or_file) {
  if (preset_or_file == "two-stage") return parse_recipe(embedded::kTwoStageRecipe, "recipe two-stage");
  if (preset_or_file == "unsupervised")
    return parse_recipe(embedded::kUnsupervisedRecipe, "recipe unsupervised");
  if (!std::filesystem::exists(preset_or_file)) {
    throw base::Error(base::ErrorCode::kUsage, "unknown recipe",
                      {.got = preset_or_file, .expected = "two-stage, unsupervised or a TOML file"});
  }
  return parse_recipe(io::read_file(preset_or_file), preset_or_file);
}

io::Json to_json(const Recipe& recipe) {
  io::Json stages = io::Json::array();
  for (const StageRecipe& stage : recipe.stages) {
    stages.push_back({{"name", stage.name},
                      {"steps", stage.steps},
                      {"mix", name_of(stage.mix, kMixes)},
                      {"learning_rate", stage.learning_rate},
                      {"final_learning_rate", stage.final_learning_rate},
                      {"warmup_steps", stage.warmup_steps},
                      {"schedule", name_of(stage.schedule, kSchedules)},
                      {"decay_share", stage.decay_share},
                      {"cycles", stage.cycles},
                      {"load_balance", stage.losses.load_balance},
                      {"z", stage.losses.z},
                      {"supervised", stage.losses.supervised},
                      {"upcycle", stage.upcycle},
                      {"forced_share", stage.forced_share},
                      {"span_share", stage.span_share},
                      {"span", stage.losses.span}});
  }
  return {{"rows_per_step", recipe.rows_per_step},
          {"complementary_masks", recipe.complementary_masks},
          {"micro_batches", recipe.micro_batches},
          {"precision", name_of(recipe.precision, kPrecisions)},
          {"optimizer", name_of(recipe.optimizer, kOptimizers)},
          {"weight_decay", recipe.weight_decay},
          {"beta1", recipe.beta1},
          {"beta2", recipe.beta2},
          {"gradient_clip", recipe.gradient_clip},
          {"bias_rate", recipe.bias_rate},
          {"ema_decay", recipe.ema_decay},
          {"spike_factor", recipe.guard.spike_factor},
          {"spike_window", recipe.guard.window},
          {"skips_before_rewind", recipe.guard.skips_before_rewind},
          {"stages", stages}};
}

}  // namespace palimpsest::train
