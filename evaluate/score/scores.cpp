#include "evaluate/score/scores.h"

#include <bit>
#include <cmath>

#include <spdlog/spdlog.h>

namespace palimpsest::evaluate {
namespace {

constexpr std::int64_t kChainRulePairs = 16;  // its NELBO is of few segments, so each gets more forwards

HoleScores score_holes(const LoadedModel& loaded, const tokens::ShardReader& split,
                       const ScoringOptions& options) {
  std::vector<SegmentBatch> batches = batches_of_segments(split, options.infill_segments);
  cut_holes(batches, loaded.tokenizer, options.seed);
  const std::vector<double> nats =
      segment_nelbos(loaded.transformer, batches, {options.forwards / 2, options.seed}, "holes");
  HoleScores holes{costs_of(batches, nats, split.documents().size(), split.labels().size()), {}};
  std::size_t next = 0;
  for (const SegmentBatch& batch : batches) {
    for (std::size_t s = 0; s < batch.holes.size(); ++s, ++next) {
      const auto tokens = batch.holes[s].size();
      const auto bin = static_cast<std::size_t>(std::bit_width(tokens)) - 1;
      holes.by_length[std::min(bin, kHoleBins - 1)].add({.nats = nats[next],
                                                         .tokens = static_cast<std::int64_t>(tokens),
                                                         .bytes = batch.rows.segments[s].text_bytes});
    }
  }
  return holes;
}

ChainRule score_chain_rule(const LoadedModel& loaded, const tokens::ShardReader& split,
                           const ScoringOptions& options) {
  const std::vector<SegmentBatch> batches = batches_of_segments(split, options.chain_rule_segments);
  const std::vector<double> chain = chain_rule_nats(loaded.transformer, batches);
  const std::vector<double> nelbo =
      segment_nelbos(loaded.transformer, batches, {kChainRulePairs, options.seed}, "NELBO of the same");
  const auto sum = [&](const std::vector<double>& nats) {
    model::FamilyScore score;
    for (const auto& document : costs_of(batches, nats, split.documents().size(), split.labels().size())) {
      for (const model::FamilyScore& family : document) score.add(family);
    }
    return score;
  };
  return {static_cast<std::int64_t>(chain.size()), sum(chain), sum(nelbo), 2 * kChainRulePairs};
}

/// One mask draw with the router's own choice and with each expert forced: equal masks, so comparable.
void score_experts(const LoadedModel& loaded, const tokens::ShardReader& split, std::uint64_t seed,
                   Scores& scores) {
  model::ScoreOptions once{.seed = seed};
  scores.routed = model::score_split(loaded.transformer, split, once);
  for (std::int64_t expert = 0; expert < loaded.state.config.experts; ++expert) {
    spdlog::info("scoring with expert {} of {} forced", expert + 1, loaded.state.config.experts);
    once.forced_expert = expert;
    scores.forced.push_back(model::score_split(loaded.transformer, split, once));
  }
}

}  // namespace

Scores compute_scores(const LoadedModel& loaded, const tokens::ShardReader& train,
                      const tokens::ShardReader& split, const ScoringOptions& options) {
  const std::size_t documents = split.documents().size();
  const std::size_t families = split.labels().size();
  const NelboOptions nelbo{options.forwards / 2, options.seed};
  Scores scores;
  spdlog::info("NELBO, {} forwards a row", options.forwards);
  scores.by_ratio.resize(families);
  const auto visible = batches_of_split(split, Headers::kVisible);
  scores.nelbo =
      costs_of(visible, segment_nelbos(loaded.transformer, visible, nelbo, "NELBO", &scores.by_ratio),
               documents, families);
  if (!options.no_header_pass) {
    spdlog::info("NELBO without visible headers");
    const auto bare = batches_of_split(split, Headers::kRemoved);
    scores.without_header = costs_of(
        bare, segment_nelbos(loaded.transformer, bare, nelbo, "NELBO without headers"), documents, families);
  }
  if (!loaded.state.config.moe_layers.empty()) score_experts(loaded, split, options.seed, scores);
  if (options.infill_segments > 0) scores.holes = score_holes(loaded, split, options);
  if (options.chain_rule_segments > 0) scores.chain_rule = score_chain_rule(loaded, split, options);
  spdlog::info("baselines");
  scores.baselines = baseline_costs(train, split, loaded.tokenizer, options.baselines);
  spdlog::info("filling holes");
  scores.examples = make_infill_examples(loaded, split, options.examples);
  return scores;
}

}  // namespace palimpsest::evaluate
