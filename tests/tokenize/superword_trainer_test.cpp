#include "tokenize/superword_trainer.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/support/sample_documents.h"
#include "tokenize/bpe_trainer.h"
#include "tokenize/token_rules.h"
#include "tokenize/token_veto.h"

namespace palimpsest::tokenize {
namespace {

using tokens::PreTokenizer;
using tokens::TokenId;
using tokens::Vocabulary;

std::vector<TrainingText> sample_texts(std::uint64_t seed, std::uint32_t repos) {
  std::vector<TrainingText> texts;
  for (std::uint32_t i = 0; i < 3 * repos; ++i) {
    texts.push_back({test::sample_text(100 * seed + i, 12), "core", i % repos});
  }
  texts.push_back({"aaaaaaaaaaaaa a a a a a a a a a a a ababababababab\n\n\n\n\n\n\n\n\n\n\n", "core", 0});
  return texts;
}

PreTokenizer stage1_pattern() {
  return {std::string(tokens::kCodePreset.stage1), "test"};
}
PreTokenizer stage2_pattern() {
  return {std::string(tokens::kCodePreset.stage2), "test"};
}

Vocabulary stage1_vocabulary(const std::vector<TrainingText>& texts, std::size_t size) {
  Vocabulary vocabulary = tokens::base_vocabulary(std::string(tokens::kCodePreset.stage2));
  train_words(count_pre_tokens(texts, stage1_pattern()),
              {.vocab_size = size, .max_token_bytes = 48, .min_count = 2}, vocabulary);
  return vocabulary;
}

TokenCorpus encoded(const std::vector<TrainingText>& texts, const Vocabulary& vocabulary,
                    UnitCut cut = UnitCut::kDocument) {
  return encode_corpus(texts, stage2_pattern(),
                       tokens::Tokenizer::parse(tokens::to_tokenizer_json(vocabulary), "test"), cut);
}

/// Encodes the whole corpus again for every merge and counts every pair.
void naive(const std::vector<TrainingText>& texts, const SuperwordLimits& limits, Vocabulary& vocabulary,
           UnitCut cut) {
  const PreTokenizer stage1 = stage1_pattern();
  while (vocabulary.tokens.size() < limits.vocab_size) {
    const TokenCorpus corpus = encoded(texts, vocabulary, cut);
    std::map<std::pair<TokenId, TokenId>, std::uint64_t> counts;
    std::map<std::pair<TokenId, TokenId>, std::set<std::uint32_t>> repos;
    std::size_t text = 0;
    std::size_t pre_token = 0;
    for (std::size_t i = 0; i + 1 < corpus.ids.size(); ++i) {
      while (i >= corpus.text_ends[text]) ++text;
      while (i >= corpus.pre_token_ends[pre_token]) ++pre_token;
      if (i + 1 == corpus.pre_token_ends[pre_token]) continue;
      const std::pair pair(corpus.ids[i], corpus.ids[i + 1]);
      counts[pair] += texts[text].weight;
      repos[pair].insert(corpus.text_repos[text]);
    }
    const std::set<std::string> spelled(vocabulary.tokens.begin(), vocabulary.tokens.end());
    std::pair<TokenId, TokenId> best;
    std::uint64_t most = 0;
    for (const auto& [pair, count] : counts) {
      const std::string bytes = vocabulary.tokens[pair.first] + vocabulary.tokens[pair.second];
      const bool allowed = count >= limits.min_count && bytes.size() <= limits.max_token_bytes &&
                           count_words(bytes) <= limits.max_words && !spelled.contains(bytes) &&
                           !tokens::spells_special(bytes) && !(limits.veto && limits.veto(bytes)) &&
                           (!is_superword(stage1, bytes) || repos[pair].size() >= limits.min_repos);
      if (allowed && count > most) {
        most = count;
        best = pair;
      }
    }
    if (most == 0) return;
    vocabulary.merges.push_back({best.first, best.second, static_cast<TokenId>(vocabulary.tokens.size())});
    vocabulary.tokens.push_back(vocabulary.tokens[best.first] + vocabulary.tokens[best.second]);
  }
}

std::function<bool(std::string_view)> veto_of(const char* pattern) {
  return [veto = std::make_shared<TokenVeto>(pattern)](std::string_view bytes) { return (*veto)(bytes); };
}

void expect_equal_to_naive(const SuperwordLimits& limits, std::size_t transition = 300,
                           UnitCut cut = UnitCut::kDocument, bool weighted = false) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    std::vector<TrainingText> texts = sample_texts(seed, 4);
    for (std::size_t i = 0; weighted && i < texts.size(); ++i) texts[i].weight = 1 + 7 * (i % 3);
    Vocabulary fast = stage1_vocabulary(texts, transition);
    Vocabulary slow = fast;
    train_superwords(encoded(texts, fast, cut), stage1_pattern(), limits, fast);
    naive(texts, limits, slow, cut);
    ASSERT_EQ(fast.tokens, slow.tokens) << "seed " << seed;
    ASSERT_EQ(fast.merges, slow.merges) << "seed " << seed;
    EXPECT_GT(fast.tokens.size(), transition);
  }
}

const SuperwordLimits kLoose = {
    .vocab_size = 380, .max_token_bytes = 1000, .max_words = 1000, .min_repos = 1, .min_count = 2};

TEST(SuperwordTrainerTest, EqualsNaiveTraining) {
  expect_equal_to_naive(kLoose);
}

TEST(SuperwordTrainerTest, EqualsNaiveTrainingFromBytes) {
  expect_equal_to_naive(kLoose, tokens::kBaseVocabularySize);
}

TEST(SuperwordTrainerTest, EqualsNaiveTrainingUnderEachVeto) {
  SuperwordLimits limits = kLoose;
  limits.max_token_bytes = 9;
  expect_equal_to_naive(limits);
  limits = kLoose;
  limits.max_words = 1;
  expect_equal_to_naive(limits);
  limits = kLoose;
  limits.min_repos = 4;
  expect_equal_to_naive(limits);
  limits = kLoose;
  limits.min_count = 30;
  expect_equal_to_naive(limits);
  limits = kLoose;
  limits.veto = veto_of("[;:]|^ *r");
  expect_equal_to_naive(limits);
}

TEST(SuperwordTrainerTest, EqualsNaiveTrainingUnderAllVetoesTogether) {
  expect_equal_to_naive({.vocab_size = 380,
                         .max_token_bytes = 12,
                         .max_words = 2,
                         .min_repos = 3,
                         .min_count = 4,
                         .veto = veto_of("=|\\n\\S")});
}

TEST(SuperwordTrainerTest, EqualsNaiveTrainingOnLinesAndWithWeights) {
  expect_equal_to_naive(kLoose, 300, UnitCut::kBeforeNewline);
  expect_equal_to_naive(kLoose, 300, UnitCut::kBehindNewline);
  expect_equal_to_naive(kLoose, 300, UnitCut::kDocument, true);
}

TEST(SuperwordTrainerTest, EqualsNaiveTrainingUntilNothingIsLeft) {
  SuperwordLimits limits = kLoose;
  limits.vocab_size = 5000;
  limits.max_token_bytes = 6;
  limits.min_count = 12;
  expect_equal_to_naive(limits);
}

TEST(SuperwordTrainerTest, RepositoryFloorHoldsForSuperwordsOnly) {
  const std::vector<TrainingText> texts = {{"return x; return x; return x;", "core", 0}};
  Vocabulary vocabulary = stage1_vocabulary(texts, tokens::kBaseVocabularySize);
  SuperwordLimits limits = kLoose;
  limits.min_repos = 2;
  train_superwords(encoded(texts, vocabulary), stage1_pattern(), limits, vocabulary);
  std::size_t made = 0;
  for (std::size_t id = tokens::kBaseVocabularySize; id < vocabulary.tokens.size(); ++id, ++made) {
    EXPECT_FALSE(is_superword(stage1_pattern(), vocabulary.tokens[id])) << vocabulary.tokens[id];
  }
  EXPECT_GT(made, 0U);
}

TEST(SuperwordTrainerTest, EmptyCorpus) {
  Vocabulary vocabulary = tokens::base_vocabulary("");
  train_superwords({}, stage1_pattern(), kLoose, vocabulary);
  EXPECT_TRUE(vocabulary.merges.empty());
}

}  // namespace
}  // namespace palimpsest::tokenize
