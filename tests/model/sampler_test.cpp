#include "common/model/sampler.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/support/rigged_denoiser.h"

namespace palimpsest::model {
namespace {

constexpr std::size_t kVocabulary = 40;

TokenMask all_normal() {
  TokenMask mask(kVocabulary, 1);
  std::fill_n(mask.begin(), tokens::kSpecialCount, 0);
  return mask;
}

/// A text of which `runs` are masked; position p was 8 + 5 p mod 32.
struct Sample {
  SamplingProblem problem;
  std::vector<tokens::TokenId> answer;

  explicit Sample(const std::vector<std::pair<std::size_t, std::size_t>>& runs, std::size_t length = 40) {
    for (std::size_t p = 0; p < length; ++p)
      answer.push_back(static_cast<tokens::TokenId>(tokens::kSpecialCount + 5 * p % 32));
    problem.text = {.ids = answer, .header = 2};
    problem.inner = all_normal();
    for (const auto& [begin, end] : runs) {
      problem.runs.push_back({.begin = begin, .end = end, .first = all_normal(), .last = all_normal()});
      for (std::size_t p = begin; p < end; ++p) problem.text.ids[p] = tokens::kMaskId;
    }
  }

  std::vector<tokens::TokenId> filled(const SamplingResult& result) const {
    std::vector<tokens::TokenId> ids = problem.text.ids;
    for (std::size_t run = 0; run < result.runs.size(); ++run) {
      for (std::size_t i = 0; i < result.runs[run].size(); ++i)
        ids[problem.runs[run].begin + i] = result.runs[run][i].id;
    }
    return ids;
  }
};

SamplingResult fill(Denoiser& denoiser, const SamplingProblem& problem, const SamplerOptions& options,
                    const SamplingWatcher& watcher = {}) {
  return sample(denoiser, problem, options, watcher);
}

class EverySampler : public testing::TestWithParam<SamplerKind> {};
INSTANTIATE_TEST_SUITE_P(, EverySampler,
                         testing::Values(SamplerKind::kAncestral, SamplerKind::kConfidence,
                                         SamplerKind::kMargin, SamplerKind::kEntropyBounded,
                                         SamplerKind::kRemasking));

TEST_P(EverySampler, FindsWhatTheModelKnowsAtAnyLengthAndInSeveralRuns) {
  const std::vector<std::vector<std::pair<std::size_t, std::size_t>>> cases = {
      {{5, 6}}, {{5, 7}}, {{2, 34}}, {{0, 40}}, {{3, 4}, {5, 6}}, {{2, 9}, {10, 20}, {30, 40}}};
  for (const auto& runs : cases) {
    const Sample sample(runs);
    test::RiggedDenoiser denoiser(sample.answer, kVocabulary);
    const SamplingResult result = fill(denoiser, sample.problem, {.kind = GetParam()});
    EXPECT_EQ(sample.filled(result), sample.answer);
    EXPECT_EQ(result.forwards, denoiser.calls);
  }
}

TEST_P(EverySampler, LeavesNoMaskAndNoForbiddenTokenWhenTheModelKnowsNothing) {
  Sample sample({{5, 12}, {20, 22}});
  sample.problem.runs[0].first.assign(kVocabulary, 0);
  sample.problem.runs[0].first[33] = 1;
  sample.problem.runs[1].last.assign(kVocabulary, 0);
  sample.problem.runs[1].last[34] = sample.problem.runs[1].last[35] = 1;
  for (const double temperature : {0.0, 1.0}) {
    test::RiggedDenoiser denoiser(sample.answer, kVocabulary, 1.0 / kVocabulary);
    const SamplingResult result =
        fill(denoiser, sample.problem, {.kind = GetParam(), .temperature = temperature});
    EXPECT_EQ(result.runs[0].front().id, 33);
    EXPECT_GE(result.runs[1].back().id, 34);
    for (const auto& run : result.runs) {
      for (const FilledToken& token : run) EXPECT_GE(token.id, tokens::kSpecialCount);
    }
  }
}

TEST_P(EverySampler, NeverDecidesTheForbiddenPair) {
  Sample sample({{5, 7}});
  MaskedRun& run = sample.problem.runs[0];
  run.forbids_pair = true;
  run.forbidden_first = sample.answer[5];
  run.forbidden_last = sample.answer[6];
  for (const double certainty : {0.999, 0.6}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      test::RiggedDenoiser denoiser(sample.answer, kVocabulary, certainty);
      const auto result = fill(denoiser, sample.problem,
                               {.kind = GetParam(), .temperature = 1, .entropy_bound = 50, .seed = seed});
      EXPECT_FALSE(result.runs[0][0].id == run.forbidden_first && result.runs[0][1].id == run.forbidden_last);
    }
  }
}

TEST_P(EverySampler, IsExactForASeedAndDiffersBetweenSeeds) {
  const Sample sample({{5, 25}});
  const auto with_seed = [&](std::uint64_t seed) {
    test::RiggedDenoiser denoiser(sample.answer, kVocabulary, 0.1);
    return sample.filled(
        fill(denoiser, sample.problem, {.kind = GetParam(), .temperature = 1, .seed = seed}));
  };
  EXPECT_EQ(with_seed(3), with_seed(3));
  EXPECT_NE(with_seed(3), with_seed(4));
}

TEST(SamplerTest, OneTokenAStepButForTheParallelOnes) {
  const Sample sample({{5, 25}});
  for (const SamplerKind kind : {SamplerKind::kAncestral, SamplerKind::kConfidence, SamplerKind::kMargin}) {
    test::RiggedDenoiser denoiser(sample.answer, kVocabulary);
    EXPECT_EQ(fill(denoiser, sample.problem, {.kind = kind}).forwards, 20);
  }
  test::RiggedDenoiser sure(sample.answer, kVocabulary, 0.9999);
  EXPECT_LT(fill(sure, sample.problem, {.entropy_bound = 0.5}).forwards, 5);
  EXPECT_EQ(fill(sure, sample.problem, {.entropy_bound = 0}).forwards, 20);
}

TEST(SamplerTest, AncestralOrderIsUniform) {
  const Sample sample({{5, 8}});
  std::map<std::size_t, int> first;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    test::RiggedDenoiser denoiser(sample.answer, kVocabulary);
    const auto result = fill(denoiser, sample.problem, {.kind = SamplerKind::kAncestral, .seed = seed});
    for (std::size_t i = 0; i < 3; ++i) first[i] += result.runs[0][i].order == 0 ? 1 : 0;
  }
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(first[i], 1000, 110);  // 4 standard deviations
}

TEST(SamplerTest, TheWatcherSeesEveryStep) {
  const Sample sample({{5, 9}});
  test::RiggedDenoiser denoiser(sample.answer, kVocabulary);
  std::set<std::size_t> decided;
  fill(denoiser, sample.problem, {.kind = SamplerKind::kMargin},
       [&](const MaskedText& text, const std::vector<std::size_t>& positions) {
         for (const std::size_t p : positions) {
           EXPECT_EQ(text.ids[p], sample.answer[p]);
           decided.insert(p);
         }
       });
  EXPECT_EQ(decided, (std::set<std::size_t>{5, 6, 7, 8}));
}

TEST(SamplerTest, NamesAndBadOptions) {
  for (const std::string_view name : sampler_names()) EXPECT_EQ(name_of(parse_sampler(name)), name);
  EXPECT_THROW(parse_sampler("greedy"), base::Error);
  EXPECT_THROW(SamplerOptions{.temperature = -1}.validate(), base::Error);
  EXPECT_THROW(SamplerOptions{.entropy_bound = -1}.validate(), base::Error);
  EXPECT_THROW(SamplerOptions{.remask_share = 0}.validate(), base::Error);
  EXPECT_THROW(SamplerOptions{.remask_rounds = -1}.validate(), base::Error);
  EXPECT_NO_THROW(SamplerOptions{}.validate());
}

}  // namespace
}  // namespace palimpsest::model
