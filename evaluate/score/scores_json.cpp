#include <cmath>
#include <map>

#include "evaluate/score/scores.h"

namespace palimpsest::evaluate {
namespace {

using Labels = std::vector<std::string>;

void put(io::Json& object, const std::string& key, const base::Interval& interval) {
  object[key] = number(interval.value);
  object[key + "_low"] = number(interval.low);
  object[key + "_high"] = number(interval.high);
}

io::Json estimate_json(const Estimate& estimate) {
  io::Json json = {{"tokens", estimate.sum.tokens},
                   {"bytes", estimate.sum.bytes},
                   {"nats_per_token", number(estimate.sum.nats_per_token())}};
  put(json, "perplexity", estimate.perplexity);
  put(json, "bits_per_byte", estimate.bits_per_byte);
  return json;
}

io::Json overall_json(const Estimates& estimates) {
  io::Json json = estimate_json(estimates.overall);
  put(json, "mean_bits_per_byte", estimates.mean_bits_per_byte);
  return json;
}

io::Json families_json(const Estimates& estimates, const Labels& labels) {
  io::Json json = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) json[labels[f]] = estimate_json(estimates.families[f]);
  return json;
}

/// Of a second measurement on the same or other text: overall, with the families inside.
io::Json costs_json(const DocumentCosts& costs, const Labels& labels, std::uint64_t seed) {
  const Estimates estimates = estimate(costs, labels.size(), seed);
  io::Json json = overall_json(estimates);
  json["families"] = families_json(estimates, labels);
  return json;
}

io::Json by_ratio_json(const RatioCurve& curve, const Labels& labels) {
  io::Json bins = io::Json::array();
  for (std::size_t bin = 0; bin < model::kMaskRatioBins; ++bin) {
    io::Json entry = {{"from", static_cast<double>(bin) / model::kMaskRatioBins},
                      {"to", static_cast<double>(bin + 1) / model::kMaskRatioBins}};
    RatioCost all;
    for (std::size_t f = 0; f < labels.size(); ++f) {
      const RatioCost& cost = curve[f][bin];
      entry["nats_per_masked_token"][labels[f]] = number(cost.nats_per_masked_token());
      all.nats += cost.nats;
      all.levels += cost.levels;
    }
    entry["nats_per_masked_token"]["all"] = number(all.nats_per_masked_token());
    bins.push_back(entry);
  }
  return bins;
}

io::Json repositories_json(const DocumentCosts& costs, const tokens::ShardReader& split, std::uint64_t seed) {
  std::map<std::string, std::vector<std::uint32_t>> documents;
  for (std::uint32_t d = 0; d < costs.size(); ++d) documents[split.documents()[d].repo].push_back(d);
  io::Json list = io::Json::array();
  for (const auto& [name, of] : documents) {
    const Estimates estimates = estimate(costs_of_documents(costs, of), split.labels().size(), seed);
    if (estimates.overall.sum.bytes == 0) continue;
    std::vector<model::FamilyScore> families;
    for (const Estimate& family : estimates.families) families.push_back(family.sum);
    io::Json entry = estimate_json(estimates.overall);
    entry["name"] = name;
    entry["family"] = split.labels()[main_family(families)];
    entry["documents"] = of.size();
    list.push_back(entry);
  }
  return list;
}

io::Json holes_json(const HoleScores& holes, const Labels& labels, std::uint64_t seed) {
  if (holes.costs.empty()) return nullptr;
  io::Json json = costs_json(holes.costs, labels, seed);
  json["by_length"] = io::Json::array();
  for (std::size_t bin = 0; bin < kHoleBins; ++bin) {
    const model::FamilyScore& score = holes.by_length[bin];
    const std::int64_t from = std::int64_t{1} << bin;
    json["by_length"].push_back({{"from", from},
                                 {"to", bin + 1 == kHoleBins ? kLongestHole : 2 * from - 1},
                                 {"tokens", score.tokens},
                                 {"bytes", score.bytes},
                                 {"nats_per_token", number(score.nats_per_token())},
                                 {"bits_per_byte", number(score.bits_per_byte())}});
  }
  return json;
}

io::Json chain_rule_json(const ChainRule& chain) {
  if (chain.segments == 0) return nullptr;
  return {{"segments", chain.segments},
          {"tokens", chain.nelbo.tokens},
          {"bytes", chain.nelbo.bytes},
          {"left_to_right_bits_per_byte", number(chain.chain_rule.bits_per_byte())},
          {"left_to_right_nats_per_token", number(chain.chain_rule.nats_per_token())},
          {"nelbo_bits_per_byte", number(chain.nelbo.bits_per_byte())},
          {"nelbo_nats_per_token", number(chain.nelbo.nats_per_token())},
          {"nelbo_forwards", chain.nelbo_forwards}};
}

/// The unigram coder stands beside the model's figures too.
void add_baselines(const std::vector<Baseline>& baselines, const Labels& labels, std::uint64_t seed,
                   io::Json& json) {
  json["baselines"] = io::Json::array();
  for (const Baseline& baseline : baselines) {
    io::Json entry = costs_json(baseline.costs, labels, seed);
    entry["name"] = baseline.name;
    entry["what"] = baseline.what;
    if (baseline.name == "unigram") {
      json["overall"]["unigram_mean_bits_per_byte"] = entry["mean_bits_per_byte"];
      json["overall"]["unigram_perplexity"] = entry["perplexity"];
      for (const std::string& label : labels)
        json["families"][label]["unigram_bits_per_byte"] = entry["families"][label]["bits_per_byte"];
    }
    json["baselines"].push_back(entry);
  }
}

}  // namespace

io::Json number(double value) {
  return std::isfinite(value) ? io::Json(value) : io::Json(nullptr);
}

io::Json to_json(const Scores& scores, const LoadedModel& loaded, const tokens::ShardReader& split,
                 const ScoringOptions& options) {
  const Labels& labels = loaded.state.labels;
  const model::ParameterCount count = model::count_parameters(loaded.state.config);
  const Estimates estimates = estimate(scores.nelbo, labels.size(), options.seed);
  const bool routed = !scores.forced.empty();
  io::Json json = {{"split", options.split},
                   {"step", loaded.state.step},
                   {"forwards", options.forwards},
                   {"model", model::to_json(loaded.state.config)},
                   {"parameters", {{"total", count.total}, {"active", count.active}}},
                   {"labels", labels},
                   {"overall", overall_json(estimates)},
                   {"families", families_json(estimates, labels)},
                   {"by_mask_ratio", by_ratio_json(scores.by_ratio, labels)},
                   {"repositories", repositories_json(scores.nelbo, split, options.seed)},
                   {"conditional_infill", holes_json(scores.holes, labels, options.seed)},
                   {"chain_rule", chain_rule_json(scores.chain_rule)},
                   {"routing", routed ? routing_json(scores.routed, labels) : io::Json(nullptr)},
                   {"forced_experts", routed ? forced_json(scores.forced, labels) : io::Json(nullptr)},
                   {"infill", examples_json(scores.examples, labels)}};
  json["without_header"] =
      scores.without_header ? costs_json(*scores.without_header, labels, options.seed) : io::Json(nullptr);
  add_baselines(scores.baselines, labels, options.seed, json);
  return json;
}

}  // namespace palimpsest::evaluate
