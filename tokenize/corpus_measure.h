// What a tokenizer makes of a corpus: tokens by label, and which tokens are used where.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/tokens/tokenizer.h"
#include "common/tokens/vocabulary.h"
#include "tokenize/identifier_boundaries.h"
#include "tokenize/training_text.h"

namespace palimpsest::tokenize {

struct TextMeasure {
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t tokens = 0;
  BoundaryCounts identifiers;

  void operator+=(const TextMeasure& other);
  double bytes_per_token() const;
  double tokens_per_line() const;
};

/// Stands for all labels in a table by label.
inline constexpr const char* kAllLabels = "all";

struct CorpusMeasure {
  std::map<std::string, TextMeasure> by_label;  ///< framework of the file, and kAllLabels
  std::vector<std::uint64_t> token_counts;      ///< by id
  /// By id: in how many repositories the token, or a token that is merged from it, is used. The token's bytes
  /// occur in at least as many.
  std::vector<std::uint32_t> token_repositories;
};

/// `texts` are sorted by repository; `vocabulary` is that of the tokenizer. Runs on the threads of the
/// calling arena; their number changes nothing.
CorpusMeasure measure_corpus(const std::vector<TrainingText>& texts, const tokens::Tokenizer& tokenizer,
                             const tokens::Vocabulary& vocabulary);

/// Rényi entropy of order `alpha` of the distribution, over the logarithm of the number of outcomes: the
/// tokenizer efficiency of Zouhar et al. 2023 (arXiv 2306.16842), who find that alpha = 2.5 predicts quality.
double renyi_efficiency(const std::vector<std::uint64_t>& counts, double alpha);

}  // namespace palimpsest::tokenize
