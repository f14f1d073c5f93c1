#include "train/validation_metrics.h"

#include <gtest/gtest.h>

namespace palimpsest::train {
namespace {

/// Two families and two experts in one layer; every token of the first family goes to its own expert, those
/// of the second do so only at low mask ratios.
model::Score sample_score() {
  model::Score score;
  score.families = {{.nats = 10, .tokens = 5, .bytes = 20}, {}};
  score.routing = model::RoutingCounts(1, 2, 2);
  score.routing_by_bin.assign(model::kMaskRatioBins, score.routing);
  for (std::size_t bin = 0; bin < 2; ++bin) {
    for (std::size_t family = 0; family < 2; ++family) {
      const std::size_t expert = bin == 0 ? family : 0;
      score.routing.add(0, family, expert, 3);
      score.routing_by_bin[bin].add(0, family, expert, 3);
    }
  }
  return score;
}

TEST(ValidationMetricsTest, SaysBitsAndSpecializationByFamilyAndMaskRatio) {
  const io::Json line = validation_metrics(7, {"a", "b"}, sample_score());
  EXPECT_EQ(line["kind"], "validation");
  EXPECT_EQ(line["step"], 7);
  EXPECT_NEAR(line["bits_per_byte_by_family"]["a"].get<double>(), 0.721348, 1e-6);
  EXPECT_TRUE(line["bits_per_byte_by_family"]["b"].is_null());
  EXPECT_EQ(line["specialization"]["a"], 1.0);
  EXPECT_EQ(line["specialization"]["b"], 0.0);
  EXPECT_EQ(line["mean_specialization"], 0.5);
  const io::Json bins = line["specialization_by_mask_ratio"];
  ASSERT_EQ(bins.size(), model::kMaskRatioBins);
  EXPECT_EQ(bins[0], 1.0);  // both at home
  EXPECT_EQ(bins[1], 0.0);  // +1 and -1
  EXPECT_TRUE(bins[2].is_null());
}

TEST(ValidationMetricsTest, ADenseModelHasNoRouting) {
  model::Score score;
  score.families = {{.nats = 10, .tokens = 5, .bytes = 20}};
  EXPECT_FALSE(validation_metrics(0, {"a"}, score).contains("specialization"));
  EXPECT_EQ(describe(score), "0.721 bits/byte, perplexity 7.4");
}

}  // namespace
}  // namespace palimpsest::train
