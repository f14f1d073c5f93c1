// Filled holes as people and programs want them.
#pragma once

#include <string>
#include <vector>

#include "common/io/json.h"
#include "evaluate/infill/infiller.h"

namespace palimpsest::infill {

/// A few lines around every hole, the fills between ⟦ and ⟧ or in colour.
std::string in_context(const InfillRequest& request, const std::vector<HoleFill>& fills, bool colour);

/// Everything about a result; `labels` name the experts.
io::Json as_json(const InfillRequest& request, const InfillResult& result,
                 const std::vector<std::string>& labels);

}  // namespace palimpsest::infill
