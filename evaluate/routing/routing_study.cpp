#include "evaluate/routing/routing_study.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/error.h"
#include "common/model/routing_stats.h"
#include "common/model/scoring.h"
#include "evaluate/routing/family_estimates.h"
#include "evaluate/routing/routing_measures.h"

namespace palimpsest::evaluate {
namespace {

using Labels = std::vector<std::string>;

constexpr std::uint64_t kProbeShuffles = 8;

/// {from, to} of a mask-ratio bin in front of what was measured there.
io::Json bin_json(std::size_t bin, const io::Json& measured) {
  constexpr auto kBins = static_cast<double>(model::kMaskRatioBins);
  io::Json json = {{"from", static_cast<double>(bin) / kBins}, {"to", static_cast<double>(bin + 1) / kBins}};
  if (measured.is_object()) json.update(measured);
  return json;
}

io::Json router_json(const SplitObservations& observations, const LoadedModel& loaded, std::uint64_t seed) {
  const Labels& labels = loaded.state.labels;
  const auto by_bin = [&](std::optional<std::size_t> layer) {
    io::Json bins = io::Json::array();
    for (std::size_t bin = 0; bin < model::kMaskRatioBins; ++bin) {
      bins.push_back(bin_json(bin, measure_routing(observations, {layer, bin}, labels, seed)));
    }
    return bins;
  };
  io::Json json = measure_routing(observations, {}, labels, seed);
  json["by_mask_ratio"] = by_bin(std::nullopt);
  json["by_layer"] = io::Json::array();
  for (std::size_t layer = 0; layer < observations.layers; ++layer) {
    io::Json of_layer = {{"layer", loaded.state.config.moe_layers[layer]}};
    of_layer.update(measure_routing(observations, {layer, std::nullopt}, labels, seed));
    of_layer["by_mask_ratio"] = by_bin(layer);
    json["by_layer"].push_back(of_layer);
  }
  return json;
}

/// S1 of the probe's answers; `bin` keeps those of one mask-ratio bin.
io::Json answers_json(const std::vector<ProbeAnswer>& answers, const Labels& labels, std::uint64_t seed,
                      std::optional<std::size_t> bin = {}) {
  std::vector<FamilyValue> values;
  for (const ProbeAnswer& answer : answers) {
    if (bin && answer.bin != *bin) continue;
    const double right = answer.answer == answer.label ? 1 : 0;
    values.push_back(
        {answer.label, answer.document, answer.tokens, model::above_chance(right, labels.size())});
  }
  return family_estimates(values, labels, seed);
}

double token_accuracy(const std::vector<ProbeAnswer>& answers) {
  double right = 0;
  double all = 0;
  for (const ProbeAnswer& answer : answers) {
    right += answer.answer == answer.label ? answer.tokens : 0;
    all += answer.tokens;
  }
  return right / all;
}

io::Json probe_json(const ProbeResult& result, const Labels& labels, std::uint64_t seed) {
  io::Json bins = io::Json::array();
  for (std::size_t bin = 0; bin < model::kMaskRatioBins; ++bin) {
    bins.push_back(bin_json(bin, {{"specialization", answers_json(result.masked, labels, seed, bin)}}));
  }
  return {{"accuracy", token_accuracy(result.visible)},
          {"masked_accuracy", token_accuracy(result.masked)},
          {"specialization", answers_json(result.visible, labels, seed)},
          {"masked_specialization", answers_json(result.masked, labels, seed)},
          {"by_mask_ratio", bins}};
}

/// Probes that learned permuted labels, each another permutation, judged under the first mask draw: the mean
/// and the range of their S1. One alone says little, because what it makes of a package holds for all its
/// files.
io::Json shuffled_json(const ProbeTrainingSet& training, const tokens::ShardReader& split,
                       const RoutingStudyOptions& options) {
  MaskDraws draws = options.draws;
  draws.draws = 1;
  std::map<std::string, std::vector<double>> values;
  for (std::uint64_t n = 0; n < kProbeShuffles; ++n) {
    ProbeOptions probe_options;
    probe_options.seed = options.draws.seed + n;
    const LinearProbe probe = training.train_probe(Evidence::kAll, true, probe_options);
    const std::vector<ProbeAnswer> answers = judge_probe(probe, Evidence::kAll, split, draws).masked;
    const io::Json estimates = answers_json(answers, split.labels(), options.draws.seed);
    for (const auto& [label, estimate] : estimates.items()) {
      if (estimate.is_object()) values[label].push_back(estimate.at("value"));
    }
  }
  io::Json json = io::Json::object();
  for (const auto& [label, of_label] : values) {
    const auto [low, high] = std::minmax_element(of_label.begin(), of_label.end());
    const double sum = std::accumulate(of_label.begin(), of_label.end(), 0.0);
    json[label] = {{"value", sum / static_cast<double>(of_label.size())}, {"low", *low}, {"high", *high}};
  }
  return {{"shuffles", kProbeShuffles}, {"masked_specialization", json}};
}

io::Json probes_json(const tokens::ShardReader& train, const tokens::ShardReader& split,
                     const RoutingStudyOptions& options) {
  const ProbeTrainingSet training(train, options.probe_rows);
  ProbeOptions probe_options;
  probe_options.seed = options.draws.seed;
  const auto study = [&](Evidence evidence) {
    const LinearProbe probe = training.train_probe(evidence, false, probe_options);
    return probe_json(judge_probe(probe, evidence, split, options.draws), split.labels(), options.draws.seed);
  };
  const bool headers = training.has_headers();
  return {{"training_segments", training.size()},
          {"all", study(Evidence::kAll)},
          {"header", headers ? study(Evidence::kHeader) : io::Json(nullptr)},
          {"text", headers ? study(Evidence::kText) : io::Json(nullptr)},
          {"shuffled", shuffled_json(training, split, options)}};
}

}  // namespace

void check_has_router(const model::ModelConfig& config, const std::filesystem::path& where) {
  if (!config.moe_layers.empty() && config.experts >= 2) return;
  throw base::Error(base::ErrorCode::kBadData, "the model has no router",
                    {.got = "a dense model",
                     .expected = "layers with at least 2 experts",
                     .where = where.string(),
                     .hint = "`evaluate score` scores dense models"});
}

void check_has_own_experts(const model::ModelConfig& config, std::size_t families,
                           const std::filesystem::path& where) {
  const std::int64_t experts = config.experts;
  if (families >= 2 && experts >= static_cast<std::int64_t>(families)) return;
  throw base::Error(base::ErrorCode::kBadData, "no expert for each family",
                    {.got = fmt::format("{} experts, {} families", experts, families),
                     .expected = "2 families or more, and as many experts: expert i is that of family i",
                     .where = where.string()});
}

io::Json study_routing(const LoadedModel& loaded, const tokens::ShardReader& train,
                       const tokens::ShardReader& split, const RoutingStudyOptions& options) {
  const Labels& labels = loaded.state.labels;
  const std::uint64_t seed = options.draws.seed;
  if (count_segments(split, options.draws) == 0 || count_segments(train, {}) == 0) {
    throw base::Error(
        base::ErrorCode::kBadData, "a split has no rows",
        {.expected = "rows of train and " + options.split, .hint = "give `shard build` more repositories"});
  }
  spdlog::info("training the probe");
  const io::Json probes = probes_json(train, split, options);
  spdlog::info("routing the split, {} mask draws, each expert forced in {}", options.draws.draws,
               options.forced_draws);
  const SplitObservations observations =
      observe_split(loaded.transformer, split, options.draws, options.forced_draws);
  std::vector<std::int64_t> tokens(labels.size());
  for (const ForcedSegment& segment : observations.forced)
    tokens[segment.label] += static_cast<std::int64_t>(segment.tokens);
  return {{"split", options.split},
          {"step", loaded.state.step},
          {"labels", labels},
          {"experts", observations.experts},
          {"moe_layers", loaded.state.config.moe_layers},
          {"mask_draws", options.draws.draws},
          {"segments", observations.forced.size()},
          {"tokens", tokens},
          {"router", router_json(observations, loaded, seed)},
          {"probe", probes},
          {"shuffled_labels", shuffle_labels(observations, labels, options.shuffles, seed)},
          {"forced_experts",
           options.forced_draws > 0 ? measure_forced(observations, labels, seed) : io::Json(nullptr)}};
}

}  // namespace palimpsest::evaluate
