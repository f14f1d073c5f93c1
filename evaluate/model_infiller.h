// A trained model as something that fills holes.
#pragma once

#include <memory>

#include "evaluate/evaluation_inputs.h"
#include "evaluate/infill/infill_options.h"
#include "evaluate/infill/infiller.h"

namespace palimpsest::evaluate {

/// Keeps a reference to the model. Each text is a batch of its own, so fills do not depend on what else is
/// filled; run LibTorch with one thread and several texts at once. Throws Error{kUsage} for bad flags or an
/// expert that the model does not have.
infill::Infiller make_infiller(const LoadedModel& loaded, const infill::InfillFlags& flags);

}  // namespace palimpsest::evaluate
