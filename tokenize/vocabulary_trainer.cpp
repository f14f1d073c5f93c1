#include "tokenize/vocabulary_trainer.h"

#include <chrono>
#include <functional>
#include <utility>

#include <spdlog/spdlog.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/tokens/tokenizer_json.h"
#include "tokenize/bpe_trainer.h"
#include "tokenize/inherited_vocabulary.h"
#include "tokenize/superword_trainer.h"
#include "tokenize/token_veto.h"

namespace palimpsest::tokenize {
namespace {

template <typename Work>
auto timed(PhaseSeconds& seconds, const char* phase, Work work) {
  const auto start = std::chrono::steady_clock::now();
  auto result = work();
  seconds[phase] += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

/// Counts a merge; a vocabulary in training is not worth keeping, so a signal ends it at once.
std::function<void()> count_merges(base::Progress& progress) {
  return [&progress] {
    base::throw_if_stopped();
    progress.add();
  };
}

/// Returns the entries of the vocabulary.
std::size_t merge_words(const std::vector<WordCount>& words, const WordMergeLimits& limits,
                        tokens::Vocabulary& vocabulary) {
  base::Progress progress("stage 1", limits.vocab_size - vocabulary.tokens.size(), "merges");
  train_words(words, limits, vocabulary, count_merges(progress));
  return vocabulary.tokens.size();
}

tokens::Vocabulary inherit(const VocabularyOptions& options, const std::string& pattern) {
  const std::size_t most = options.transition > 0 ? options.transition : tokens::kMaxVocabularySize;
  tokens::Vocabulary vocabulary = inherit_vocabulary(options.extend, pattern, most);
  if (vocabulary.tokens.size() > options.vocab_size) {
    throw base::Error(base::ErrorCode::kUsage, "--extend has more tokens than --vocab-size",
                      {.got = std::to_string(vocabulary.tokens.size()),
                       .expected = "at most " + std::to_string(options.vocab_size),
                       .where = options.extend.string(),
                       .hint = "--transition says how many to inherit"});
  }
  return vocabulary;
}

/// Returns the entries of the vocabulary.
std::size_t merge_superwords(const VocabularyOptions& options, const TrainingCorpus& corpus,
                             const tokens::PreTokenizer& stage1, UnitCut cut, tokens::Vocabulary& vocabulary,
                             PhaseSeconds& seconds) {
  if (corpus.train_repositories < options.min_repos) {
    spdlog::warn("no superwords: {} training repositories, and one must occur in {}; see --min-repos",
                 corpus.train_repositories, options.min_repos);
  }
  SuperwordLimits limits{.vocab_size = options.vocab_size,
                         .max_token_bytes = options.max_token_bytes,
                         .max_words = options.max_words,
                         .min_repos = options.min_repos,
                         .min_count = options.min_weighted_count()};
  if (!options.veto.empty()) {
    limits.veto = [veto = std::make_shared<TokenVeto>(options.veto)](std::string_view bytes) {
      return (*veto)(bytes);
    };
  }
  TokenCorpus ids = timed(seconds, "stage 2 encoding", [&] {
    const auto encoder = tokens::Tokenizer::parse(to_tokenizer_json(vocabulary), "stage 1");
    return encode_corpus(corpus.train, {vocabulary.pattern, "preset"}, encoder, cut);
  });
  return timed(seconds, "stage 2 merging", [&] {
    base::Progress progress("stage 2", limits.vocab_size - vocabulary.tokens.size(), "merges");
    train_superwords(std::move(ids), stage1, limits, vocabulary, count_merges(progress));
    return vocabulary.tokens.size();
  });
}

}  // namespace

TrainedVocabulary train_vocabulary(const VocabularyOptions& options, const TrainingCorpus& corpus,
                                   PhaseSeconds& seconds) {
  const TrainingPreset& preset = training_preset(options.preset);
  const UnitCut cut = unit_cut(preset, options.units);
  const tokens::PreTokenizer stage1{std::string(preset.patterns->stage1), "preset"};
  const std::string pattern(preset.patterns->stage2);
  TrainedVocabulary trained;
  if (!options.extend.empty()) {
    trained.vocabulary = inherit(options, pattern);
  } else {
    trained.vocabulary = tokens::base_vocabulary(pattern);
    const auto words =
        timed(seconds, "stage 1 counting", [&] { return count_pre_tokens(corpus.train, stage1, cut); });
    const WordMergeLimits limits{.vocab_size = options.transition_size(),
                                 .max_token_bytes = options.max_token_bytes,
                                 .min_count = options.min_weighted_count()};
    timed(seconds, "stage 1 merging", [&] { return merge_words(words, limits, trained.vocabulary); });
  }
  trained.stage1_size = trained.vocabulary.tokens.size();
  if (trained.stage1_size < options.vocab_size) {
    merge_superwords(options, corpus, stage1, cut, trained.vocabulary, seconds);
  }
  return trained;
}

tokens::Vocabulary train_plain_bpe(const TrainingPreset& preset, std::size_t vocab_size,
                                   const TrainingCorpus& corpus) {
  const VocabularyOptions defaults;
  const tokens::PreTokenizer stage1{std::string(preset.patterns->stage1), "preset"};
  tokens::Vocabulary vocabulary = tokens::base_vocabulary(stage1.pattern());
  merge_words(count_pre_tokens(corpus.train, stage1),
              {.vocab_size = vocab_size,
               .max_token_bytes = defaults.max_token_bytes,
               .min_count = defaults.min_count},
              vocabulary);
  return vocabulary;
}

}  // namespace palimpsest::tokenize
