// Means by framework family with bootstrap intervals over documents, as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::evaluate {

/// What was measured of one segment.
struct FamilyValue {
  std::size_t label = 0;
  std::uint32_t document = 0;  ///< the unit of resampling: segments of one file are no independent witnesses
  double weight = 1;           ///< usually tokens
  double value = 0;
};

/// {"core": {"value", "low", "high"}, ..., "mean": {...}}: weighted means and 95 % intervals; "mean" is over
/// the families that have values, each counting the same. Null without values.
io::Json family_estimates(const std::vector<FamilyValue>& values, const std::vector<std::string>& labels,
                          std::uint64_t seed);

}  // namespace palimpsest::evaluate
