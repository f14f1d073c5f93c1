// Several fills of the holes of one context, the best first.
#pragma once

#include "evaluate/infill/hole_sampler.h"

namespace palimpsest::infill {

/// Searches the lengths and draws InfillOptions::candidates different fills, in parallel unless they are
/// watched. See Infiller::fill().
InfillResult fill_group(const HoleSampler& sampler, const model::SamplingWatcher& watcher);

}  // namespace palimpsest::infill
