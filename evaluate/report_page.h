// The HTML report: one self-contained file, no network.
#pragma once

#include <string>

#include "common/io/json.h"

namespace palimpsest::evaluate {

/// `scores` is scores.json; `metrics` the lines of the run's metrics.jsonl.
std::string report_page(const io::Json& scores, const std::vector<io::Json>& metrics);

/// Training curves thinned to at most `points` step entries (means of equal spans); validations are all kept.
io::Json training_curves(const std::vector<io::Json>& metrics, std::size_t points);

}  // namespace palimpsest::evaluate
