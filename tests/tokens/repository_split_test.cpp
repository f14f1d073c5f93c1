#include "common/tokens/repository_split.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::tokens {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kTrain = 0;
constexpr std::size_t kValid = 1;
constexpr std::size_t kTest = 2;

double part(const RepositorySplit& split, const std::string& label, std::size_t which) {
  const auto& shares = split.shares().at(label);
  return static_cast<double>(shares[which].bytes) /
         static_cast<double>(shares[kTrain].bytes + shares[kValid].bytes + shares[kTest].bytes);
}

/// Like the quickstart: few packages of very different sizes, every one with some core text.
RepositoryContents few_packages() {
  RepositoryContents contents;
  const auto add = [&](const char* repo, std::uint64_t core, const char* label, std::uint64_t bytes) {
    contents.add(repo, "core", core);
    if (bytes > 0) contents.add(repo, label, bytes);
  };
  add("nest-big", 254, "nestjs", 1100);
  add("nest-middle", 130, "nestjs", 198);
  add("nest-small", 90, "nestjs", 107);
  add("next-a", 132, "nextjs", 89);
  add("next-b", 211, "nextjs", 50);
  add("next-c", 11, "nextjs", 80);
  add("next-d", 208, "nextjs", 169);
  add("react-a", 14, "react", 230);
  add("react-b", 40, "react", 668);
  add("react-c", 12, "react", 259);
  add("react-d", 32, "react", 141);
  add("core-a", 814, "", 0);
  add("core-b", 557, "", 0);
  return contents;
}

TEST(RepositorySplitTest, FewPackagesGiveEveryLabelTextEverywhereAndKeepMostForTraining) {
  const RepositorySplit split(few_packages(), {});
  EXPECT_THAT(split.gaps(), IsEmpty());
  for (const char* label : {"core", "nestjs", "nextjs", "react"}) {
    EXPECT_GE(part(split, label, kValid), 0.05) << label;
    EXPECT_GT(part(split, label, kTest), 0) << label;
    EXPECT_GE(part(split, label, kTrain), 0.55) << label;
  }
}

TEST(RepositorySplitTest, ManyRepositoriesComeCloseToTheShares) {
  RepositoryContents contents;
  base::Random random({1});
  for (int i = 0; i < 4000; ++i) {
    const std::string repo = "repo" + std::to_string(i);
    contents.add(repo, i % 3 == 0 ? "rare" : "common", 1 + random.below(1000));
    contents.add(repo, "core", 1 + random.below(100));
  }
  const RepositorySplit split(contents, {.seed = 5});
  for (const char* label : {"core", "rare", "common"}) {
    EXPECT_NEAR(part(split, label, kValid), 0.1, 0.03);
    EXPECT_NEAR(part(split, label, kTest), 0.05, 0.02);
  }
}

TEST(RepositorySplitTest, ThreeRepositoriesAreEnoughTwoPreferValidation) {
  RepositoryContents contents;
  for (const char* repo : {"a", "b", "c"}) contents.add(repo, "three", 100);
  for (const char* repo : {"d", "e"}) contents.add(repo, "two", 100);
  contents.add("f", "one", 100);
  const RepositorySplit split(contents, {});
  for (const std::size_t which : {kTrain, kValid, kTest}) {
    EXPECT_EQ(split.shares().at("three")[which].repositories, 1U);
  }
  EXPECT_EQ(split.shares().at("two")[kValid].repositories, 1U);
  EXPECT_EQ(split.shares().at("two")[kTest].repositories, 0U);
  EXPECT_EQ(split.shares().at("one")[kTrain].repositories, 1U);
  EXPECT_THAT(split.gaps(), ElementsAre(HasSubstr("one has no valid text"), HasSubstr("one has no test text"),
                                        HasSubstr("two has no test text (2 repositories)")));
}

TEST(RepositorySplitTest, EveryRepositoryIsInOneSplitAndSharesAddUp) {
  const RepositoryContents contents = few_packages();
  const RepositorySplit split(contents, {});
  std::map<std::string, std::array<std::uint64_t, 3>> bytes;
  for (const auto& [repo, labels] : contents.bytes()) {
    for (const auto& [label, size] : labels) bytes[label][static_cast<std::size_t>(split.of(repo))] += size;
  }
  for (const auto& [label, shares] : split.shares()) {
    for (const std::size_t which : {kTrain, kValid, kTest})
      EXPECT_EQ(shares[which].bytes, bytes[label][which]);
  }
  EXPECT_EQ(split.of("never seen"), Split::kTrain);
}

TEST(RepositorySplitTest, SharesOfZeroLeaveEverythingInTrain) {
  const RepositorySplit split(few_packages(), {.valid_share = 0, .test_share = 0});
  for (const auto& [label, shares] : split.shares()) EXPECT_EQ(part(split, label, kTrain), 1);
  EXPECT_THAT(split.gaps(), IsEmpty());
}

TEST(RepositorySplitTest, SeedAloneDecidesAmongEquals) {
  RepositoryContents contents;
  for (int i = 0; i < 20; ++i) contents.add("repo" + std::to_string(i), "core", 100);
  const auto chosen = [&](std::uint64_t seed) {
    const RepositorySplit split(contents, {.seed = seed});
    std::string splits;
    for (int i = 0; i < 20; ++i) splits += split_name(split.of("repo" + std::to_string(i)));
    return splits;
  };
  EXPECT_EQ(chosen(1), chosen(1));
  EXPECT_NE(chosen(1), chosen(2));
}

TEST(RepositorySplitTest, ReadsDocuments) {
  const test::TemporaryDirectory directory;
  test::write_documents(directory.path() / "documents", test::sample_corpus(6, 3));
  EXPECT_THAT(split_documents(directory.path() / "documents", {}).gaps(), IsEmpty());
  test::write_documents(directory.path() / "empty", {});
  EXPECT_THROW(split_documents(directory.path() / "empty", {}), base::Error);
  EXPECT_THROW(split_documents(directory.path() / "missing", {}), base::Error);
}

TEST(RepositorySplitTest, ValidatesShares) {
  EXPECT_NO_THROW(validate(SplitOptions{}));
  EXPECT_NO_THROW(validate(SplitOptions{.valid_share = 0, .test_share = 0.5}));
  for (const SplitOptions& bad :
       {SplitOptions{.valid_share = -0.1}, SplitOptions{.test_share = -1}, SplitOptions{.valid_share = 2},
        SplitOptions{.valid_share = 0.4, .test_share = 0.4},
        SplitOptions{.valid_share = std::numeric_limits<double>::quiet_NaN()}}) {
    try {
      validate(bad);
      ADD_FAILURE() << bad.valid_share << ' ' << bad.test_share;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kUsage);
    }
  }
}

class RepositoryListsTest : public ::testing::Test {
 protected:
  std::filesystem::path list(const std::string& name, const std::string& text) const {
    io::write_file_atomically(directory_.path() / name, text);
    return directory_.path() / name;
  }

  base::ErrorCode code(const SplitOptions& options) const {
    try {
      RepositorySplit(few_packages(), options);
    } catch (const base::Error& error) {
      return error.code();
    }
    return base::ErrorCode::kBug;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(RepositoryListsTest, AListedSplitHoldsTheListAndNothingElse) {
  const SplitOptions options{.valid_list = list("valid", "# held out\n\n next-a \r\ncore-a\nreact-b")};
  const RepositoryContents contents = few_packages();
  const RepositorySplit split(contents, options);
  std::uint64_t test_repositories = 0;
  for (const auto& [repo, labels] : contents.bytes()) {
    const bool listed = repo == "next-a" || repo == "core-a" || repo == "react-b";
    EXPECT_EQ(split.of(repo) == Split::kValid, listed) << repo;
    test_repositories += split.of(repo) == Split::kTest ? 1 : 0;
  }
  EXPECT_GT(test_repositories, 2U);  // the share of test goes on as without lists
  EXPECT_THAT(split.gaps(), ElementsAre(HasSubstr("nestjs has no valid text")));
}

TEST_F(RepositoryListsTest, BothListsDecideEverything) {
  const RepositorySplit split(few_packages(), {.valid_list = list("valid", "nest-big\nnest-middle\n"),
                                               .test_list = list("test", "nest-small\n")});
  EXPECT_EQ(split.of("nest-small"), Split::kTest);
  EXPECT_EQ(split.of("react-a"), Split::kTrain);
  EXPECT_EQ(part(split, "nestjs", kTrain), 0);
  EXPECT_THAT(split.gaps(), ::testing::Contains(HasSubstr("nestjs has no train text (3 repositories)")));
}

TEST_F(RepositoryListsTest, BadListsEndWithTheRightCode) {
  EXPECT_EQ(code({.valid_list = directory_.path() / "missing"}), base::ErrorCode::kEnvironment);
  EXPECT_EQ(code({.test_list = list("empty", "# nothing\n\n")}), base::ErrorCode::kBadData);
  EXPECT_EQ(code({.test_list = list("unknown", "next-a\nnext-z\n")}), base::ErrorCode::kBadData);
  EXPECT_EQ(code({.valid_list = list("a", "next-a\n"), .test_list = list("b", "next-b\nnext-a\n")}),
            base::ErrorCode::kUsage);
}

TEST_F(RepositoryListsTest, DigestsOfTheListsAreInputs) {
  std::map<std::string, std::string> inputs;
  add_split_inputs({}, inputs);
  EXPECT_THAT(inputs, IsEmpty());
  add_split_inputs({.test_list = list("test", "next-a\n")}, inputs);
  EXPECT_THAT(inputs, ElementsAre(::testing::Pair("test-list", ::testing::SizeIs(64))));
}

}  // namespace
}  // namespace palimpsest::tokens
