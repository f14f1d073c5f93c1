// The mean of several checkpoints' weights (Vaswani et al. 2017, section 6.1; arXiv 1803.05407).
#pragma once

#include <filesystem>
#include <vector>

#include "common/model/safetensors.h"

namespace palimpsest::train {

/// Mean of every tensor of `file` over `checkpoints`, summed in float64, in the first one's order and as
/// float32. Throws Error{kBadData} that names the checkpoint whose tensors have other names or shapes, or
/// whose files are damaged.
model::NamedTensors average_checkpoints(const std::vector<std::filesystem::path>& checkpoints,
                                        const char* file);

}  // namespace palimpsest::train
