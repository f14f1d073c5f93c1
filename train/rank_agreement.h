// What the ranks of a run must have in common, and how they see to it.
#pragma once

#include <string>

#include "common/io/manifest.h"
#include "common/model/safetensors.h"
#include "train/process_group.h"

namespace palimpsest::train {

/// Throws Error{kUsage} on every rank when one has another configuration, other inputs or another version,
/// naming the rank and the first difference.
void require_same_plan(const ProcessGroup& group, const io::Manifest& plan);

/// Throws Error{kBug} on every rank when the tensors of one have other bytes than those of rank 0.
void require_same_tensors(const ProcessGroup& group, const model::NamedTensors& tensors,
                          const std::string& where);

/// Rank 0 gives its values to the others.
void share_tensors(const ProcessGroup& group, const model::NamedTensors& tensors);

struct RunState {
  int signal = 0;      ///< stop signal that some rank got so far, or 0
  double seconds = 0;  ///< of rank 0
};

/// Stop signals of this process and `seconds` in, those of all ranks out.
RunState agree(const ProcessGroup& group, double seconds);

}  // namespace palimpsest::train
