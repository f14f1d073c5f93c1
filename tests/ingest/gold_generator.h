// Made-up repositories whose labels are known by construction: frameworks, folder structures, names and
// missing signals are combined from a seed.
#pragma once

#include <cstdint>

#include "tests/ingest/gold_repository.h"

namespace palimpsest::test {

/// The same seed gives the same repository. About 40 files.
GoldRepository generate_repository(std::uint64_t seed);

}  // namespace palimpsest::test
