#include "tokenize/train_command.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "common/io/manifest.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"
#include "tokenize/training_text.h"

namespace palimpsest::tokenize {
namespace {

class TrainCommandTest : public ::testing::Test {
 protected:
  TrainCommandTest() {
    options_.documents = directory_.path() / "documents";
    options_.run.out = directory_.path() / "tokenizer";
    options_.vocab_size = 500;
    options_.min_repos = 2;
    test::write_documents(options_.documents, test::sample_corpus(8, 3));
  }

  std::string train(const std::map<std::string, std::string>& config = {{"vocab-size", "500"}}) {
    ::testing::internal::CaptureStdout();
    try {
      run_train(options_, config);
    } catch (...) {
      ::testing::internal::GetCapturedStdout();
      throw;
    }
    return ::testing::internal::GetCapturedStdout();
  }

  std::string tokenizer_json() const { return io::read_file(options_.run.out / tokens::kTokenizerFile); }

  test::TemporaryDirectory directory_;
  VocabularyOptions options_;
};

TEST_F(TrainCommandTest, WritesAVocabularyOfTheWantedSizeWithAReport) {
  EXPECT_THAT(train(), ::testing::StartsWith("tokenize train: 500 tokens"));
  const auto tokenizer = tokens::Tokenizer::load(options_.run.out / tokens::kTokenizerFile);
  EXPECT_EQ(tokenizer.size(), 500U);
  const io::Json report = io::read_json(options_.run.out / kReportFile);
  EXPECT_EQ(report["transition"]["reached"], 375);
  EXPECT_GT(report["superwords"]["count"], 50);
  EXPECT_GT(report["compression"]["valid"]["all"]["bytes_per_token"], 2.0);
  EXPECT_EQ(io::read_manifest(options_.run.out, kTrainStage).outputs.size(), 4U);
}

TEST_F(TrainCommandTest, ThreadsDoNotChangeTheBytes) {
  options_.run.threads = 1;
  train();
  const std::string one = tokenizer_json();
  const std::string report = io::read_file(options_.run.out / kReportFile);
  for (const int threads : {2, 8}) {
    options_.run.threads = threads;
    options_.run.out = directory_.path() / std::to_string(threads);
    train();
    EXPECT_EQ(tokenizer_json(), one);
    EXPECT_EQ(io::read_file(options_.run.out / kReportFile), report);
  }
}

TEST_F(TrainCommandTest, OrderOfTheDocumentsDoesNotChangeTheBytes) {
  train();
  const std::string before = tokenizer_json();
  const std::string report = io::read_file(options_.run.out / kReportFile);
  auto documents = test::sample_corpus(8, 3);
  base::Random random({7});
  for (std::size_t i = documents.size(); i > 1; --i) std::swap(documents[i - 1], documents[random.below(i)]);
  test::write_documents(options_.documents, documents);
  options_.run.overwrite = true;
  train();
  EXPECT_EQ(tokenizer_json(), before);
  EXPECT_EQ(io::read_file(options_.run.out / kReportFile), report);
}

TEST_F(TrainCommandTest, EachOptionChangesTheVocabularyAndKeepsItsSize) {
  train();
  const std::string before = tokenizer_json();
  const std::vector<std::function<void(VocabularyOptions&)>> changes = {
      [](VocabularyOptions& o) { o.units = kUnitsLine; }, [](VocabularyOptions& o) { o.preset = "superbpe"; },
      [](VocabularyOptions& o) { o.veto = "[;(]"; }, [](VocabularyOptions& o) { o.balance = true; }};
  const VocabularyOptions unchanged = options_;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    options_ = unchanged;
    changes[i](options_);
    options_.run.out = directory_.path() / std::to_string(i);
    train();
    EXPECT_NE(tokenizer_json(), before) << i;
    EXPECT_EQ(tokens::Tokenizer::load(options_.run.out / tokens::kTokenizerFile).size(), 500U) << i;
  }
}

TEST_F(TrainCommandTest, ExtendsItsOwnStage1ToTheSameVocabulary) {
  train();
  const std::string whole = tokenizer_json();
  options_.transition = options_.transition_size();
  options_.extend = options_.run.out;
  options_.run.out = directory_.path() / "extended";
  train();
  EXPECT_EQ(tokenizer_json(), whole);
}

TEST_F(TrainCommandTest, SamplesWhenTheTextExceedsTheMemory) {
  test::write_documents(options_.documents, test::sample_corpus(8, 12));
  const TrainingCorpus all = load_training_corpus(options_.documents, options_.text.split);
  const HeldText whole = all.held();
  EXPECT_EQ(whole.held, whole.bytes);
  const TrainingCorpus half = load_training_corpus(options_.documents, options_.text.split, whole.bytes / 2);
  EXPECT_LE(half.held().held, whole.bytes / 2);
  EXPECT_GT(half.held().held, whole.bytes / 4);
  EXPECT_EQ(half.held().bytes, whole.bytes);
  EXPECT_EQ(half.train_repositories, all.train_repositories);
}

TEST_F(TrainCommandTest, ALongRunOfOneCharacterIsLearnedFromInBlocks) {
  auto documents = test::sample_corpus(8, 3);
  documents.push_back(
      test::sample_document("repo0", "long.ts", std::string(3 * kMaxTextBytes / 2, 'a'), {"core"}));
  test::write_documents(options_.documents, documents);
  options_.text.split.valid_share = options_.text.split.test_share = 0;
  const TrainingCorpus corpus = load_training_corpus(options_.documents, options_.text.split);
  for (const TrainingText& text : corpus.train) EXPECT_LE(text.text.size(), kMaxTextBytes);
  EXPECT_EQ(corpus.train.size(), documents.size() + 1);
  EXPECT_THAT(train(), ::testing::StartsWith("tokenize train: 500 tokens"));
}

TEST(BalanceLabelsTest, EveryLabelsBytesCountAsMuchAsTheMostFrequentOnes) {
  std::vector<TrainingText> texts = {{std::string(100, 'x'), "core"}, {"12345", "react"}, {"12345", "react"}};
  balance_labels(texts);
  EXPECT_EQ(texts[0].weight, kBalancedWeight);
  EXPECT_EQ(texts[1].weight, 10 * kBalancedWeight);
  EXPECT_EQ(texts[2].weight, 10 * kBalancedWeight);
}

TEST_F(TrainCommandTest, SecondRunIsANoOpAndAnotherConfigurationIsRefused) {
  train();
  EXPECT_THAT(train(), ::testing::HasSubstr("up to date"));
  try {
    train({{"vocab-size", "600"}});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kUsage);
  }
  options_.run.overwrite = true;
  options_.vocab_size = 600;
  EXPECT_THAT(train({{"vocab-size", "600"}}), ::testing::HasSubstr("600 tokens"));
}

TEST_F(TrainCommandTest, ValidationRepositoriesDoNotShapeTheVocabulary) {
  train();
  const std::string before = tokenizer_json();
  auto documents = test::sample_corpus(8, 3);
  tokens::RepositoryContents contents;
  for (const auto& document : documents) contents.add(document);
  const tokens::RepositorySplit split(contents, options_.text.split);
  bool changed = false;
  for (auto& document : documents) {  // other text of the same size, so that the split stays
    if (split.of(document.repo) == tokens::Split::kTrain) continue;
    std::replace(document.text.begin(), document.text.end(), 'e', 'q');
    changed = true;
  }
  ASSERT_TRUE(changed);
  options_.run.overwrite = true;
  test::write_documents(options_.documents, documents);
  train();
  EXPECT_EQ(tokenizer_json(), before);
}

TEST_F(TrainCommandTest, SmallTextReachesFewerTokens) {
  options_.vocab_size = 60000;
  train();
  const auto tokenizer = tokens::Tokenizer::load(options_.run.out / tokens::kTokenizerFile);
  EXPECT_LT(tokenizer.size(), 20000U);
}

TEST_F(TrainCommandTest, RefusesMissingAndEmptyDocuments) {
  options_.documents = directory_.path() / "missing";
  EXPECT_THROW(train(), base::Error);
  options_.documents = directory_.path() / "empty";
  test::write_documents(options_.documents, {});
  EXPECT_THROW(train(), base::Error);
  EXPECT_FALSE(std::filesystem::exists(options_.run.out / io::kManifestName));
}

}  // namespace
}  // namespace palimpsest::tokenize
