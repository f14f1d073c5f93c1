#include "train/recipe.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/model/toml_table.h"

namespace palimpsest::embedded {
extern const std::string_view kTwoStageRecipe;
extern const std::string_view kUnsupervisedRecipe;
}  // namespace palimpsest::embedded

namespace palimpsest::train {
namespace {

Mix parse_mix(const std::string& name, const std::string& where) {
  if (name == "natural") return Mix::kNatural;
  if (name == "balanced") return Mix::kBalanced;
  throw base::Error(base::ErrorCode::kUsage, "unknown mix",
                    {.got = name, .expected = "natural or balanced", .where = where});
}

OptimizerKind parse_optimizer(const std::string& name, const std::string& where) {
  if (name == "muon") return OptimizerKind::kMuon;
  if (name == "adamw") return OptimizerKind::kAdamW;
  throw base::Error(base::ErrorCode::kUsage, "unknown optimizer",
                    {.got = name, .expected = "muon or adamw", .where = where});
}

StageRecipe parse_stage(const toml::table& toml, const std::string& where) {
  model::TomlTable table(toml, where);
  StageRecipe stage;
  stage.name = table.get("name", stage.name);
  stage.steps = table.get("steps", stage.steps);
  stage.mix = parse_mix(table.get("mix", std::string("natural")), where);
  stage.learning_rate = table.get("learning_rate", stage.learning_rate);
  stage.final_learning_rate = table.get("final_learning_rate", stage.final_learning_rate);
  stage.warmup_steps = table.get("warmup_steps", stage.warmup_steps);
  stage.losses.load_balance = table.get("load_balance", stage.losses.load_balance);
  stage.losses.z = table.get("z", stage.losses.z);
  stage.losses.supervised = table.get("supervised", stage.losses.supervised);
  stage.upcycle = table.get("upcycle", stage.upcycle);
  stage.forced_share = table.get("forced_share", stage.forced_share);
  table.check_all_used();
  return stage;
}

Recipe parse_recipe(std::string_view text, const std::string& where) {
  const toml::table toml = model::parse_toml(text, where);
  model::TomlTable table(toml, where);
  Recipe recipe;
  recipe.rows_per_step = table.get("rows_per_step", recipe.rows_per_step);
  recipe.optimizer = parse_optimizer(table.get("optimizer", std::string("muon")), where);
  recipe.weight_decay = table.get("weight_decay", recipe.weight_decay);
  recipe.beta1 = table.get("beta1", recipe.beta1);
  recipe.beta2 = table.get("beta2", recipe.beta2);
  recipe.gradient_clip = table.get("gradient_clip", recipe.gradient_clip);
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
  for (const StageRecipe& stage : stages) {
    const std::string name = "stage \"" + stage.name + "\": ";
    require(stage.steps >= 1, name + "steps", static_cast<double>(stage.steps), "at least 1");
    require(stage.learning_rate > 0, name + "learning_rate", stage.learning_rate, "more than 0");
    require(stage.warmup_steps >= 0 && stage.warmup_steps <= stage.steps, name + "warmup_steps",
            static_cast<double>(stage.warmup_steps), "0 to steps");
    require(stage.forced_share >= 0 && stage.forced_share <= 1, name + "forced_share", stage.forced_share,
            "0 to 1");
  }
}

double learning_rate(const StageRecipe& stage, std::int64_t step_in_stage) {
  if (step_in_stage < stage.warmup_steps) {
    return stage.learning_rate * static_cast<double>(step_in_stage + 1) /
           static_cast<double>(stage.warmup_steps);
  }
  const std::int64_t span = std::max<std::int64_t>(1, stage.steps - stage.warmup_steps - 1);
  const double progress = static_cast<double>(step_in_stage - stage.warmup_steps) / static_cast<double>(span);
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, progress)));
  return stage.final_learning_rate + (stage.learning_rate - stage.final_learning_rate) * cosine;
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
                      {"mix", stage.mix == Mix::kNatural ? "natural" : "balanced"},
                      {"learning_rate", stage.learning_rate},
                      {"final_learning_rate", stage.final_learning_rate},
                      {"warmup_steps", stage.warmup_steps},
                      {"load_balance", stage.losses.load_balance},
                      {"z", stage.losses.z},
                      {"supervised", stage.losses.supervised},
                      {"upcycle", stage.upcycle},
                      {"forced_share", stage.forced_share}});
  }
  return {{"rows_per_step", recipe.rows_per_step},
          {"weight_decay", recipe.weight_decay},
          {"beta1", recipe.beta1},
          {"beta2", recipe.beta2},
          {"gradient_clip", recipe.gradient_clip},
          {"stages", stages}};
}

}  // namespace palimpsest::train
