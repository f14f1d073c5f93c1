#include "shard/build_options.h"

#include <string>

#include "common/base/error.h"
#include "common/tokens/shard_format.h"

namespace palimpsest::shard {
namespace {

/// A unit is in memory while it is packed.
constexpr std::uint64_t kMaxShardTextBytes = 1ULL << 30;

}  // namespace

void validate(const BuildOptions& options) {
  base::validate(options.run);
  tokens::validate(options.split);
  if (options.documents.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no documents",
                      {.expected = "--documents DIR, the output of `ingest run`"});
  }
  if (options.tokenizer.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no tokenizer",
                      {.expected = "--tokenizer DIR, the output of `tokenize train`"});
  }
  if (options.row_tokens < tokens::kMinRowTokens || options.row_tokens > tokens::kMaxRowTokens) {
    throw base::Error(
        base::ErrorCode::kUsage, "bad --row-tokens",
        {.got = std::to_string(options.row_tokens),
         .expected = std::to_string(tokens::kMinRowTokens) + " to " + std::to_string(tokens::kMaxRowTokens)});
  }
  if (options.shard_text_bytes == 0 || options.shard_text_bytes > kMaxShardTextBytes) {
    throw base::Error(base::ErrorCode::kUsage, "bad --shard-text-bytes",
                      {.got = std::to_string(options.shard_text_bytes),
                       .expected = "1 to " + std::to_string(kMaxShardTextBytes)});
  }
  if (options.tasks == 0 || options.task >= options.tasks) {
    throw base::Error(base::ErrorCode::kUsage, "bad --task",
                      {.got = std::to_string(options.task) + " of " + std::to_string(options.tasks),
                       .expected = "0 to N-1 of N"});
  }
}

}  // namespace palimpsest::shard
