// Both stages on a corpus, by the options of `tokenize train`; and the plain BPE that a report compares with.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "common/tokens/vocabulary.h"
#include "tokenize/training_text.h"
#include "tokenize/vocabulary_options.h"

namespace palimpsest::tokenize {

struct TrainedVocabulary {
  tokens::Vocabulary vocabulary;
  std::size_t stage1_size = 0;  ///< entries at which stage 2 began
};

/// Wall-clock seconds by phase.
using PhaseSeconds = std::map<std::string, double>;

/// Throws what train_words(), encode_corpus() and inherit_vocabulary() throw, and Interrupted.
TrainedVocabulary train_vocabulary(const VocabularyOptions& options, const TrainingCorpus& corpus,
                                   PhaseSeconds& seconds);

/// One-stage BPE of `vocab_size` entries inside the stage-1 pre-tokens of `preset`, which its encoder
/// applies.
tokens::Vocabulary train_plain_bpe(const TrainingPreset& preset, std::size_t vocab_size,
                                   const TrainingCorpus& corpus);

}  // namespace palimpsest::tokenize
