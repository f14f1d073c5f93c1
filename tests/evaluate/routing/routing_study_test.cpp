#include "evaluate/routing/routing_study.h"

#include <gtest/gtest.h>

#include "tests/support/error_code.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::evaluate {
namespace {

TEST(RoutingStudyTest, RefusesModelsWithoutExpertsOfTheirOwn) {
  model::ModelConfig config = test::tiny_config();
  const auto refused = [&](std::size_t families) {
    return test::code_of([&] {
      check_has_router(config, "model");
      check_has_own_experts(config, families, "model");
    });
  };
  EXPECT_EQ(refused(4), std::nullopt);
  EXPECT_EQ(refused(3), std::nullopt);  // an expert too many has no family
  EXPECT_EQ(refused(5), base::ErrorCode::kBadData);
  EXPECT_EQ(refused(1), base::ErrorCode::kBadData);
  config.experts = 0;
  config.moe_layers = {};
  EXPECT_EQ(refused(4), base::ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::evaluate
