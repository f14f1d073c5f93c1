#include "tokenize/tokenizer_report_command.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"
#include "tests/tokens/sample_tokenizer.h"
#include "tokenize/corpus_measure.h"
#include "tokenize/report_table.h"
#include "tokenize/train_command.h"

namespace palimpsest::tokenize {
namespace {

class ReportCommandTest : public ::testing::Test {
 protected:
  ReportCommandTest() {
    test::write_documents(directory_.path() / "documents", test::sample_corpus(8, 3));
    VocabularyOptions train;
    train.documents = options_.documents = directory_.path() / "documents";
    train.run.out = options_.tokenizer = directory_.path() / "tokenizer";
    train.vocab_size = 500;
    train.min_repos = 2;
    ::testing::internal::CaptureStdout();
    run_train(train, {});
    ::testing::internal::GetCapturedStdout();
  }

  test::TemporaryDirectory directory_;
  ReportOptions options_;
};

TEST_F(ReportCommandTest, ComparesWithAPlainBpeOfTheSameSize) {
  options_.json = directory_.path() / "report.json";
  const io::Json report = run_report(options_);
  EXPECT_EQ(io::read_json(options_.json), report);
  EXPECT_EQ(report["comparison"]["tokens"], 500);
  EXPECT_GT(report["comparison"]["valid"]["all"]["fewer_tokens"], 0.0);
  EXPECT_GE(report["superwords"]["fewest_train_repositories"], 2);
  EXPECT_GT(report["superwords"]["share_of_valid_tokens"], 0.0);
  EXPECT_EQ(report["usage"]["learned_tokens"], 500 - tokens::kBaseVocabularySize);
  const std::string table = report_table(report);
  EXPECT_THAT(table, ::testing::HasSubstr("fewer"));
  EXPECT_THAT(table, ::testing::HasSubstr("superwords:"));
}

TEST_F(ReportCommandTest, ATokenizerIsNotBetterThanItself) {
  options_.baseline = options_.tokenizer;
  EXPECT_EQ(run_report(options_)["comparison"]["valid"]["all"]["fewer_tokens"], 0.0);
}

TEST_F(ReportCommandTest, RefusesMissingInput) {
  options_.tokenizer.clear();
  EXPECT_THROW(run_report(options_), base::Error);
  options_.tokenizer = directory_.path() / "documents" / "missing";
  EXPECT_THROW(run_report(options_), base::Error);
}

TEST(CorpusMeasureTest, CountsTokensLinesAndRepositories) {
  const auto tokenizer = test::sample_tokenizer();
  const std::vector<TrainingText> texts = {
      {"return a\n", "x", 0}, {"return a", "y", 0}, {"return a", "y", 1}};
  const CorpusMeasure measure = measure_corpus(texts, tokenizer, test::sample_vocabulary());
  EXPECT_EQ(measure.by_label.at("y").lines, 2U);
  EXPECT_EQ(measure.by_label.at(kAllLabels).lines, 3U);
  EXPECT_EQ(measure.by_label.at(kAllLabels).bytes, 25U);
  const tokens::TokenId first = tokenizer.encode("return a").front();
  EXPECT_EQ(measure.token_counts[first], 3U);
  EXPECT_EQ(measure.token_repositories[first], 2U);
}

TEST(CorpusMeasureTest, RenyiEfficiencyOfKnownDistributions) {
  EXPECT_NEAR(renyi_efficiency({5, 5, 5, 5}, 2.5), 1, 1e-12);
  EXPECT_NEAR(renyi_efficiency({9, 0, 0, 0}, 2.5), 0, 1e-12);
  EXPECT_NEAR(renyi_efficiency({3, 1}, 2.0), -std::log2(0.625), 1e-12);
  EXPECT_EQ(renyi_efficiency({}, 2.5), 0);
}

/// Alignment when every token is one byte, except those given as whole pieces.
TEST(IdentifierBoundariesTest, BytesAlignEverywhereAndDigitsAreNoIdentifiers) {
  const auto tokenizer = tokens::Tokenizer::parse(to_tokenizer_json(tokens::base_vocabulary("")), "test");
  const std::string text = "let x1 = 42 + größe;";
  const BoundaryCounts counts = identifier_boundaries(text, tokenizer.encode(text), tokenizer);
  EXPECT_EQ(counts.all, 6U);
  EXPECT_EQ(counts.aligned, 6U);
}

TEST(IdentifierBoundariesTest, SpaceBelongsToTheWordAndPunctuationDoesNot) {
  tokens::Vocabulary vocabulary = tokens::base_vocabulary("");
  const auto merge = [&](const std::string& left, const std::string& right) {
    const auto id = [&](const std::string& bytes) {
      return static_cast<tokens::TokenId>(
          std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), bytes) - vocabulary.tokens.begin());
    };
    vocabulary.merges.push_back(
        {id(left), id(right), static_cast<tokens::TokenId>(vocabulary.tokens.size())});
    vocabulary.tokens.push_back(left + right);
  };
  merge(" ", "a");
  merge("b", ";");
  const auto tokenizer = tokens::Tokenizer::parse(to_tokenizer_json(vocabulary), "test");
  const BoundaryCounts counts = identifier_boundaries("= a+b;", tokenizer.encode("= a+b;"), tokenizer);
  EXPECT_EQ(counts.all, 4U);
  EXPECT_EQ(counts.aligned, 3U);  // the end of b is inside `b;`
}

}  // namespace
}  // namespace palimpsest::tokenize
