// scores.json: everything `evaluate score` measures, as one document that `evaluate report` and scripts read.
#pragma once

#include <cstdint>
#include <vector>

#include "common/io/json.h"
#include "common/model/scoring.h"
#include "evaluate/evaluation_inputs.h"
#include "evaluate/infill_examples.h"

namespace palimpsest::evaluate {

struct Scores {
  model::Score model;                ///< the router chooses
  std::vector<model::Score> forced;  ///< [e]: every segment served by expert e; empty for a dense model
  std::vector<model::FamilyScore> unigram;  ///< the unigram coder on the same tokens
  std::vector<InfillExample> examples;
};

struct ScoringOptions {
  std::string split = "valid";
  std::int64_t passes = 4;  ///< mask draws over the whole split
  std::uint64_t seed = 1;
  ExampleOptions examples;
};

/// Runs all measurements. `train` gives the unigram frequencies.
Scores compute_scores(const LoadedModel& loaded, const tokens::ShardReader& train,
                      const tokens::ShardReader& split, const ScoringOptions& options);

io::Json to_json(const Scores& scores, const LoadedModel& loaded, const ScoringOptions& options);

/// The table that `evaluate score` prints.
std::string summary_table(const io::Json& scores);

}  // namespace palimpsest::evaluate
