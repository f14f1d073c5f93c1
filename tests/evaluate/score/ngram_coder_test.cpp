#include "evaluate/score/ngram_coder.h"

#include <cmath>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::evaluate {
namespace {

using Ids = std::vector<tokens::TokenId>;
constexpr std::size_t kVocabulary = 12;

Ids random_ids(std::uint64_t seed, std::size_t length) {
  base::Random random{seed};
  Ids ids;
  for (std::size_t i = 0; i < length; ++i)
    ids.push_back(static_cast<tokens::TokenId>(2 + random.below(kVocabulary - 2)));
  return ids;
}

TEST(NgramCoderTest, ProbabilitiesAddUpToOneInEveryContext) {
  NgramCoder coder(kVocabulary);
  for (std::uint64_t seed = 0; seed < 30; ++seed) coder.learn(random_ids(seed % 20, 15));
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Ids ids = random_ids(seed, 1 + seed % 8);
    double sum = 0;
    for (tokens::TokenId id = 2; id < kVocabulary; ++id) {
      ids.back() = id;
      sum += coder.probability(ids, ids.size() - 1);
    }
    EXPECT_NEAR(sum, 1, 1e-9);
  }
}

TEST(NgramCoderTest, NothingLearnedIsUniform) {
  const NgramCoder coder(kVocabulary);
  EXPECT_NEAR(coder.nats(Ids{2, 3, 4}), 3 * std::log(10.0), 1e-12);
}

TEST(NgramCoderTest, TextSeenBeforeIsCheap) {
  NgramCoder coder(kVocabulary);
  const Ids seen = random_ids(1, 200);
  coder.learn(seen);
  coder.learn(seen);
  EXPECT_LT(coder.nats(seen), 0.5 * coder.nats(random_ids(2, 200)));
}

/// "San Francisco": 3 often follows 2 and nothing else; as a continuation it is rarer than its count says.
TEST(NgramCoderTest, UnseenContextsCountContinuationsNotOccurrences) {
  NgramCoder coder(kVocabulary);
  for (int i = 0; i < 20; ++i) coder.learn(Ids{2, 3});
  for (tokens::TokenId id = 5; id < 11; ++id) coder.learn(Ids{id, 4});
  const Ids after_unseen_3 = {11, 3};
  const Ids after_unseen_4 = {11, 4};
  EXPECT_LT(coder.probability(after_unseen_3, 1), coder.probability(after_unseen_4, 1));
}

}  // namespace
}  // namespace palimpsest::evaluate
