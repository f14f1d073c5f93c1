// How well a vocabulary compresses, and what it consists of.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/tokens/tokenizer.h"
#include "tokenize/training_text.h"
#include "tokenize/vocabulary_options.h"

namespace palimpsest::tokenize {

struct Compression {
  std::uint64_t bytes = 0;
  std::uint64_t tokens = 0;

  double bytes_per_token() const {
    return tokens == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(tokens);
  }
};

/// By framework label of the file, and under "all".
using CompressionTable = std::map<std::string, Compression>;
inline constexpr const char* kAllLabels = "all";

/// Encodes every text. Runs on the threads of the calling arena.
CompressionTable measure_compression(const std::vector<TrainingText>& texts,
                                     const tokens::Tokenizer& tokenizer);

/// What happened in training; the numbers of entries include specials and bytes.
struct TrainingSummary {
  std::size_t stage1_size = 0;
  std::size_t reached_size = 0;
  std::size_t merges = 0;
};

/// Content of report.json.
io::Json tokenizer_report(const VocabularyOptions& options, const TrainingSummary& summary,
                          const TrainingCorpus& corpus, const tokens::PreTokenizer& stage1,
                          const tokens::Tokenizer& tokenizer);

}  // namespace palimpsest::tokenize
