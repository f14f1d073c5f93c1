// The baselines, learned from training repositories.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "common/tokens/repository_split.h"
#include "evaluate/bench/filler.h"

namespace palimpsest::bench {

/// The n-gram counts need about 100 bytes of memory for each byte of text: documents are taken in the order
/// of a seeded hash until this much is read.
inline constexpr std::uint64_t kMaxNgramTextBytes = 16U << 20;

/// Rows `frequent`, `ngram` and `copy`. Learns from the documents of the train split.
std::vector<std::shared_ptr<const Filler>> learn_baselines(const std::filesystem::path& documents,
                                                           const tokens::RepositorySplit& split,
                                                           std::uint64_t seed);

}  // namespace palimpsest::bench
