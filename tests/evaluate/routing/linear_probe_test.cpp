#include "evaluate/routing/linear_probe.h"

#include <cmath>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kVocabulary = 64;
constexpr std::size_t kClasses = 3;

/// 20 random tokens; one in four is of the class's own ten.
TokenBag random_bag(std::size_t label, base::Random& random) {
  BagBuilder bag(kVocabulary);
  for (int i = 0; i < 20; ++i) {
    const std::size_t own = 30 + 10 * label + random.below(10);
    bag.add(BagPart::kText, static_cast<tokens::TokenId>(random.below(4) == 0 ? own : 10 + random.below(20)));
  }
  return bag.take();
}

struct Examples {
  std::vector<std::size_t> labels;
  std::vector<TokenBag> bags;
};

Examples draw_examples(std::uint64_t seed, std::size_t count) {
  base::Random random{seed};
  Examples examples;
  for (std::size_t i = 0; i < count; ++i) {
    examples.labels.push_back(random.below(10) < 8 ? 0 : 1 + random.below(2));  // one class is rare
    examples.bags.push_back(random_bag(examples.labels.back(), random));
  }
  return examples;
}

LinearProbe trained(const Examples& examples, const std::vector<std::size_t>& labels) {
  LinearProbe probe(kClasses, kVocabulary);
  probe.train(labels, [&](std::size_t example, std::size_t) { return examples.bags[example]; }, {});
  return probe;
}

double accuracy(const LinearProbe& probe, const Examples& examples) {
  std::vector<double> right(kClasses);
  std::vector<double> all(kClasses);
  for (std::size_t i = 0; i < examples.labels.size(); ++i) {
    right[examples.labels[i]] += probe.classify(examples.bags[i]) == examples.labels[i] ? 1 : 0;
    all[examples.labels[i]] += 1;
  }
  return (right[0] / all[0] + right[1] / all[1] + right[2] / all[2]) / 3;
}

TEST(LinearProbeTest, LearnsFromTokensAndNothingFromShuffledLabels) {
  const Examples train = draw_examples(1, 2000);
  const Examples test = draw_examples(2, 1000);
  EXPECT_GT(accuracy(trained(train, train.labels), test), 0.95);
  std::vector<std::size_t> shuffled = train.labels;
  base::Random random{3};
  for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[random.below(i)]);
  EXPECT_NEAR(accuracy(trained(train, shuffled), test), 1. / 3, 0.15);
}

TEST(LinearProbeTest, SameExamplesSameProbe) {
  const Examples train = draw_examples(1, 200);
  EXPECT_EQ(trained(train, train.labels).probabilities(train.bags[7]),
            trained(train, train.labels).probabilities(train.bags[7]));
}

TEST(LinearProbeTest, NoEvidenceIsAnAnswerToo) {
  const LinearProbe probe(kClasses, kVocabulary);
  for (const double p : probe.probabilities({})) EXPECT_DOUBLE_EQ(p, 1. / 3);
  EXPECT_EQ(probe.classify({}), 0U);
}

TEST(BagBuilderTest, PartsAreApartAndSpecialsAreNothing) {
  BagBuilder builder(kVocabulary);
  for (const tokens::TokenId id : {tokens::kMaskId, tokens::kEndId, tokens::TokenId{9}, tokens::TokenId{9}})
    builder.add(BagPart::kText, id);
  builder.add(BagPart::kText, 12);
  builder.add(BagPart::kHeader, 9);
  const TokenBag bag = builder.take();
  EXPECT_EQ(bag.features, (std::vector<std::uint32_t>{9, kVocabulary + 9, kVocabulary + 12}));
  const double length = std::hypot(std::log(3), std::log(2));
  EXPECT_FLOAT_EQ(bag.values[0], 1);
  EXPECT_FLOAT_EQ(bag.values[1], static_cast<float>(std::log(3) / length));
  EXPECT_FLOAT_EQ(bag.values[2], static_cast<float>(std::log(2) / length));
  EXPECT_TRUE(builder.take().features.empty());
}

}  // namespace
}  // namespace palimpsest::evaluate
