// Holes cut from validation rows, filled by the model: exact match per family and examples for the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/evaluation_inputs.h"

namespace palimpsest::evaluate {

struct InfillExample {
  std::string label;
  std::string path;                 ///< file the hole was cut from
  std::string before;               ///< text in front of the hole, as the model saw it
  std::string after;                ///< text behind it
  std::string original;             ///< what was cut out
  std::string filled;               ///< what the model put there
  std::vector<std::string> tokens;  ///< of `filled`
  std::vector<double> confidence;   ///< per token
  std::vector<std::int64_t> order;  ///< per token: the step that chose it, from 0
  std::int64_t correct_tokens = 0;
};

struct ExampleOptions {
  std::int64_t per_label = 16;
  std::int64_t hole_tokens = 6;
  std::uint64_t seed = 1;
};

/// Rows, segments and holes are chosen by the seed alone. Labels without a segment long enough have fewer.
std::vector<InfillExample> make_infill_examples(const LoadedModel& loaded, const tokens::ShardReader& shards,
                                                const ExampleOptions& options);

}  // namespace palimpsest::evaluate
