// How many tokens stand in a hole: drafts of several lengths, compared.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluate/infill/hole_sampler.h"

namespace palimpsest::infill {

struct LengthSearch {
  std::vector<Lengths> ranked;  ///< of every hole, best first, not empty
  std::int64_t forwards = 0;
  std::optional<Draw> best;  ///< draft of the best lengths, if it is UTF-8
};

/// Hole by hole, the others at the best length so far. Tries a coarse grid, then all lengths around the best.
/// Lengths are tried in parallel; the result does not depend on the number of threads. With a fixed length
/// (InfillOptions::tokens) nothing is tried. Throws Error{kUsage} when no length fits.
LengthSearch search_lengths(const HoleSampler& sampler);

}  // namespace palimpsest::infill
