#include "common/model/token_proposal.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::model {
namespace {

std::vector<float> logs_of(const std::vector<double>& probabilities) {
  std::vector<float> logs;
  for (const double p : probabilities) logs.push_back(static_cast<float>(std::log(p)));
  return logs;
}

TEST(TokenProposalTest, ConfidenceMarginAndEntropyAreOfTheAllowedTokens) {
  const std::vector<float> logs = logs_of({0.5, 0.3, 0.1, 0.1});
  const TokenProposal proposal = propose_token(logs, {0, 1, 1, 1}, -1, 0, base::Random{1});
  EXPECT_EQ(proposal.id, 1);
  EXPECT_NEAR(proposal.confidence, 0.6, 1e-6);
  EXPECT_NEAR(proposal.margin, 0.4, 1e-6);
  EXPECT_NEAR(proposal.entropy, -0.6 * std::log(0.6) - 0.4 * std::log(0.2), 1e-6);
}

TEST(TokenProposalTest, OneAllowedTokenIsCertain) {
  const TokenProposal proposal = propose_token(logs_of({0.5, 0.5, 1e-30}), {0, 0, 1}, -1, 1, base::Random{1});
  EXPECT_EQ(proposal.id, 2);
  EXPECT_EQ(proposal.confidence, 1);
  EXPECT_EQ(proposal.margin, 1);
  EXPECT_EQ(proposal.entropy, 0);
}

TEST(TokenProposalTest, NothingAllowedIsABug) {
  EXPECT_THROW(propose_token(logs_of({0.5, 0.5}), {0, 0}, -1, 0, base::Random{1}), base::Error);
  EXPECT_THROW(propose_token(logs_of({0.5, 0.5}), {0, 1}, 1, 0, base::Random{1}), base::Error);
}

TEST(TokenProposalTest, DrawsFollowTheTemperedDistribution) {
  const std::vector<float> logs = logs_of({0.5, 0.3, 0.2});
  for (const double temperature : {0.5, 1.0, 2.0}) {
    std::vector<double> expected;
    double total = 0;
    for (const double p : {0.5, 0.3, 0.2}) expected.push_back(std::pow(p, 1 / temperature));
    for (const double p : expected) total += p;
    std::vector<int> count(3);
    for (std::uint64_t i = 0; i < 20'000; ++i)
      ++count[propose_token(logs, {1, 1, 1}, -1, temperature, base::Random{9, i}).id];
    for (std::size_t id = 0; id < 3; ++id) EXPECT_NEAR(count[id] / 20'000.0, expected[id] / total, 0.015);
  }
}

}  // namespace
}  // namespace palimpsest::model
