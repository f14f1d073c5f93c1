// A validation as a line of metrics.jsonl and in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/model/scoring.h"

namespace palimpsest::train {

/// kind "validation": bits per byte (mean over families, and each), perplexity; of a model with experts also
/// router entropy / log E, normalised mutual information of family and expert, and S1 by family, mean, and by
/// mask-ratio bin.
io::Json validation_metrics(std::int64_t step, const std::vector<std::string>& labels,
                            const model::Score& score);

/// "2.265 bits/byte, perplexity 306.0, S1 0.50, router entropy 0.33".
std::string describe(const model::Score& score);

}  // namespace palimpsest::train
