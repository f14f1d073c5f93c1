#include "shard/repository_caps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::shard {
namespace {

struct Sample {
  DocumentTable table;
  std::vector<std::uint64_t> tokens;

  void add(std::uint32_t repo, std::uint32_t label, std::uint64_t count) {
    const std::uint64_t hash = base::Random({tokens.size()}).below(UINT64_MAX);
    table.documents.push_back({.repo = repo, .label = label, .bytes = 4 * count, .hash = hash});
    tokens.push_back(count);
  }

  std::uint64_t kept(const CapResult& result, std::uint32_t repo, std::uint32_t label) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const DocumentInfo& document = table.documents[i];
      if (result.kept[i] && document.repo == repo && document.label == label) sum += tokens[i];
    }
    return sum;
  }
};

/// Two labels at 3 : 1 in a repository of 40,000 tokens, and one of 100.
Sample sample() {
  Sample made;
  made.table.repos = {"big", "small"};
  made.table.labels = {"core", "react"};
  for (int i = 0; i < 400; ++i) made.add(0, i % 4 == 0 ? 1 : 0, 100);
  made.add(1, 0, 100);
  return made;
}

TEST(RepositoryCapsTest, EveryLabelKeepsItsPart) {
  const Sample made = sample();
  const CapResult result = cap_repositories(made.table, made.tokens, 8000);
  EXPECT_EQ(made.kept(result, 0, 0), 6000U);
  EXPECT_EQ(made.kept(result, 0, 1), 2000U);
  EXPECT_EQ(made.kept(result, 1, 0), 100U);
  ASSERT_EQ(result.capped.size(), 1U);
  const RepositoryCap& cap = result.capped.at("big");
  EXPECT_EQ(cap.documents, 400U);
  EXPECT_EQ(cap.tokens, 40000U);
  EXPECT_EQ(cap.kept_documents, 80U);
  EXPECT_EQ(cap.kept_tokens, 8000U);
  EXPECT_EQ(to_json(result.capped)["big"]["kept_tokens"], 8000U);
}

TEST(RepositoryCapsTest, NeverPassesTheCapAndUsesWhatIsLeft) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    base::Random random({seed});
    Sample made;
    made.table.repos = {"a"};
    for (int i = 0; i < 60; ++i)
      made.add(0, static_cast<std::uint32_t>(random.below(5)), 1 + random.below(1000));
    const std::uint64_t cap = 1 + random.below(20000);
    const CapResult result = cap_repositories(made.table, made.tokens, cap);
    std::uint64_t kept = 0;
    std::uint64_t smallest_dropped = UINT64_MAX;
    for (std::size_t i = 0; i < made.tokens.size(); ++i) {
      if (result.kept[i]) {
        kept += made.tokens[i];
      } else {
        smallest_dropped = std::min(smallest_dropped, made.tokens[i]);
      }
    }
    EXPECT_LE(kept, cap);
    EXPECT_TRUE(smallest_dropped == UINT64_MAX || kept + smallest_dropped > cap);
  }
}

TEST(RepositoryCapsTest, OtherRepositoriesDoNotMatter) {
  Sample made = sample();
  const CapResult before = cap_repositories(made.table, made.tokens, 8000);
  made.add(1, 1, 50000);
  const CapResult after = cap_repositories(made.table, made.tokens, 8000);
  EXPECT_TRUE(std::equal(before.kept.begin(), before.kept.end() - 1, after.kept.begin()));
  EXPECT_EQ(after.capped.size(), 2U);
}

TEST(RepositoryCapsTest, CountsOnlyWhatCouldPassTheCap) {
  const test::TemporaryDirectory directory;
  std::vector<io::Document> documents = test::sample_corpus(3, 4);
  documents.push_back(test::sample_document("tiny", "a.ts", "let a;\n", {"core"}));
  test::write_documents(directory.path() / "documents", documents);
  const DocumentTable table = read_document_table(directory.path() / "documents");
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  const auto counts = count_large_repositories(directory.path() / "documents", table, tokenizer, 100);
  ASSERT_EQ(counts.size(), documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i)
    EXPECT_EQ(counts[i], documents[i].repo == "tiny" ? 0 : tokenizer.encode(documents[i].text).size());
  EXPECT_THAT(count_large_repositories(directory.path() / "documents", table, tokenizer, 1 << 30),
              ::testing::Each(0U));
}

}  // namespace
}  // namespace palimpsest::shard
