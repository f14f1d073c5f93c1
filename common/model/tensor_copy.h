// Stored tensors back into those of the same names that a run works on.
#pragma once

#include <string>

#include "common/model/safetensors.h"

namespace palimpsest::model {

/// Overwrites each tensor of `targets` with the one of that name in `stored`; others in `stored` are left
/// alone. Throws Error{kBadData} "WHAT lacks NAME in the right shape", in `where`.
void copy_tensors(const NamedTensors& stored, const NamedTensors& targets, const std::string& what,
                  const std::string& where);

}  // namespace palimpsest::model
