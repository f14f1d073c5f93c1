// How well a vocabulary compresses, what it consists of and what of it is used: as JSON.
#pragma once

#include <string>

#include "common/io/json.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/vocabulary.h"
#include "tokenize/corpus_measure.h"
#include "tokenize/presets.h"
#include "tokenize/training_text.h"

namespace palimpsest::tokenize {

/// A vocabulary with the encoder that applies it.
struct EncodingVocabulary {
  /// Throws Error{kBadData} that names `where`.
  EncodingVocabulary(std::string_view tokenizer_json, const std::string& where);

  tokens::Vocabulary vocabulary;
  tokens::Tokenizer tokenizer;
};

/// A token made by a merge is rare when the training text has fewer of it.
inline constexpr std::uint64_t kRareTokens = 20;

/// The preset whose encoder pattern is `pattern`; the first one when there is none.
const TrainingPreset& preset_of_pattern(std::string_view pattern);

/// Everything but the comparison. `preset` says what a superword is. Runs on the threads of the calling
/// arena.
io::Json vocabulary_report(const EncodingVocabulary& vocabulary, const TrainingPreset& preset,
                           const TrainingCorpus& corpus);

/// Tokens of `baseline` on the validation text and how many fewer `report` needs, by label.
io::Json comparison_report(const io::Json& report, const EncodingVocabulary& baseline,
                           const TrainingCorpus& corpus);

}  // namespace palimpsest::tokenize
