// Options of `shard build`.
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/base/options.h"
#include "common/tokens/repository_split.h"

namespace palimpsest::shard {

struct BuildOptions {
  base::RunOptions run;
  std::filesystem::path documents;            ///< output of `ingest run`
  std::filesystem::path tokenizer;            ///< directory with tokenizer.json
  std::uint32_t row_tokens = 512;             ///< length of a row
  bool no_header = false;                     ///< leave out the visible header in front of segments
  std::uint64_t shard_text_bytes = 16 << 20;  ///< text in a shard, the unit of work
  std::uint64_t max_repo_tokens = 0;          ///< most text tokens of a repository; 0 = no limit
  std::size_t task = 0;                       ///< this process does the share of task `task`, from 0 …
  std::size_t tasks = 1;                      ///< … of so many; `shard merge` joins them
  tokens::SplitOptions split;
};

/// Throws Error{kUsage}.
void validate(const BuildOptions& options);

}  // namespace palimpsest::shard
