// Which sources a task of several works on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ingest/source_spec.h"

namespace palimpsest::ingest {

/// Indices, ascending, of the sources that task `task` of `of` (0-based) takes: largest first, each to the
/// task with the least so far. REQUIRES: task < of. Every task computes the same shares from the same sizes;
/// an unknown size (0) counts as the mean of the known ones.
std::vector<std::size_t> task_share(const std::vector<std::uint64_t>& bytes, std::size_t task,
                                    std::size_t of);

/// What the list says of the size, else the size of a local file, else 0.
std::uint64_t known_bytes(const SourceSpec& spec);

}  // namespace palimpsest::ingest
