// Options of `shard build`.
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/base/options.h"
#include "common/tokens/repository_split.h"

namespace palimpsest::shard {

struct BuildOptions {
  base::RunOptions run;
  std::filesystem::path documents;  ///< output of `ingest run`
  std::filesystem::path tokenizer;  ///< directory with tokenizer.json
  std::uint32_t row_tokens = 512;   ///< length of a row
  bool no_header = false;           ///< leave out the visible header in front of segments
  tokens::SplitOptions split;
};

/// Throws Error{kUsage}.
void validate(const BuildOptions& options);

}  // namespace palimpsest::shard
