// Coders that no network is part of, on the bytes that the model is scored on.
#pragma once

#include <string>
#include <vector>

#include "evaluate/score/document_costs.h"
#include "evaluate/score/document_texts.h"

namespace palimpsest::evaluate {

struct Baseline {
  std::string name;
  std::string what;  ///< what its number means, a sentence
  DocumentCosts costs;
};

struct BaselineOptions {
  bool compressors = true;
  std::int64_t known_mib = 16;  ///< MiB of training text, at most, that zstd and xz see first
};

/// Unigram, n-gram, and unless switched off zstd and xz alone and after training text.
std::vector<Baseline> baseline_costs(const tokens::ShardReader& train, const tokens::ShardReader& split,
                                     const tokens::Tokenizer& tokenizer, const BaselineOptions& options);

}  // namespace palimpsest::evaluate
