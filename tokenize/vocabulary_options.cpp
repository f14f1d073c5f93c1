#include "tokenize/vocabulary_options.h"

#include <algorithm>
#include <cmath>

#include "common/base/error.h"
#include "common/tokens/vocabulary.h"

namespace palimpsest::tokenize {
namespace {

void require(bool condition, const char* option, const std::string& got, const std::string& expected) {
  if (condition) return;
  throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + option,
                    {.got = got, .expected = expected});
}

}  // namespace

std::size_t VocabularyOptions::transition_size() const {
  if (transition > 0) return transition;
  const auto share =
      static_cast<std::size_t>(std::llround(transition_share * static_cast<double>(vocab_size)));
  return std::max(share, tokens::kBaseVocabularySize);
}

void validate(const VocabularyOptions& options) {
  base::validate(options.run);
  tokens::validate(options.split);
  if (options.documents.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no documents",
                      {.expected = "--documents DIR, the output of `ingest run`"});
  }
  require(
      options.vocab_size >= tokens::kBaseVocabularySize && options.vocab_size <= tokens::kMaxVocabularySize,
      "--vocab-size", std::to_string(options.vocab_size),
      std::to_string(tokens::kBaseVocabularySize) + " (specials and bytes) to " +
          std::to_string(tokens::kMaxVocabularySize));
  require(options.transition_share > 0 && options.transition_share <= 1, "--transition-share",
          std::to_string(options.transition_share), "more than 0, at most 1");
  require(options.transition_size() >= tokens::kBaseVocabularySize &&
              options.transition_size() <= options.vocab_size,
          "--transition", std::to_string(options.transition),
          std::to_string(tokens::kBaseVocabularySize) + " to --vocab-size");
  require(options.max_token_bytes >= 2, "--max-token-bytes", std::to_string(options.max_token_bytes),
          "2 or more");
  require(options.max_words >= 1, "--max-words", "0", "1 or more");
  require(options.min_repos >= 1, "--min-repos", "0", "1 or more");
  require(options.min_count >= 1, "--min-count", "0", "1 or more");
}

}  // namespace palimpsest::tokenize
