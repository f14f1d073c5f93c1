#include "shard/build_options.h"

#include <string>

#include "common/base/error.h"
#include "common/tokens/shard_format.h"

namespace palimpsest::shard {

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
}

}  // namespace palimpsest::shard
