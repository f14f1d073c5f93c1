// scores.json: everything `evaluate score` measures, as one document that `evaluate report` and scripts read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/model/scoring.h"
#include "evaluate/evaluation_inputs.h"
#include "evaluate/infill_examples.h"
#include "evaluate/score/baseline_costs.h"
#include "evaluate/score/document_costs.h"
#include "evaluate/score/segment_nelbo.h"

namespace palimpsest::evaluate {

struct ScoringOptions {
  std::string split = "valid";
  std::int64_t forwards = 4;  ///< of every row for the NELBO; even, at least 4
  std::uint64_t seed = 1;
  bool no_header_pass = false;           ///< leave out the pass without visible headers
  std::int64_t infill_segments = 64;     ///< of each family, one hole each, for the conditional NELBO
  std::int64_t chain_rule_segments = 2;  ///< of each family, read left to right
  BaselineOptions baselines;
  ExampleOptions examples;
};

/// The same segments read left to right and by the NELBO.
struct ChainRule {
  std::int64_t segments = 0;
  model::FamilyScore chain_rule;
  model::FamilyScore nelbo;
  std::int64_t nelbo_forwards = 0;  ///< of each segment
};

/// Holes by length: 1, 2-3, 4-7, 8-15, 16 and more tokens.
inline constexpr std::size_t kHoleBins = 5;

struct HoleScores {
  DocumentCosts costs;
  std::array<model::FamilyScore, kHoleBins> by_length;
};

struct Scores {
  DocumentCosts nelbo;                          ///< the router chooses, headers visible
  RatioCurve by_ratio;                          ///< of the same forwards
  std::optional<DocumentCosts> without_header;  ///< with the header's positions removed
  model::Score routed;                          ///< one mask draw, the router chooses: what it chooses
  std::vector<model::Score> forced;  ///< [e]: the same masks, all served by expert e; empty for a dense model
  HoleScores holes;
  ChainRule chain_rule;
  std::vector<Baseline> baselines;
  std::vector<InfillExample> examples;
};

/// Runs all measurements. `train` is what the baselines learn from.
Scores compute_scores(const LoadedModel& loaded, const tokens::ShardReader& train,
                      const tokens::ShardReader& split, const ScoringOptions& options);

io::Json to_json(const Scores& scores, const LoadedModel& loaded, const tokens::ShardReader& split,
                 const ScoringOptions& options);

/// JSON has no NaN; a family without tokens has null scores.
io::Json number(double value);

/// The parts of scores.json about the router and about filled holes.
io::Json routing_json(const model::Score& score, const std::vector<std::string>& labels);
io::Json forced_json(const std::vector<model::Score>& forced, const std::vector<std::string>& labels);
io::Json examples_json(const std::vector<InfillExample>& examples, const std::vector<std::string>& labels);

/// The table that `evaluate score` prints.
std::string summary_table(const io::Json& scores);

}  // namespace palimpsest::evaluate
