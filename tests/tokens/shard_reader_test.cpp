#include "common/tokens/shard_reader.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/tokens/shard_writer.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::tokens {
namespace {

constexpr std::uint32_t kRowTokens = 64;

ShardHeader header_of(Split split) {
  return {.split = split,
          .row_tokens = kRowTokens,
          .vocabulary_size = 4096,
          .tokenizer_digest = base::sha256_hex("tokenizer"),
          .labels = {"core", "react"}};
}

/// A row filled with one id, from one document.
void add_row(ShardWriter& writer, std::size_t label, TokenId id, std::uint32_t document) {
  std::vector<TokenId> ids(kRowTokens, id);
  ids.back() = kEndId;
  const std::vector<SegmentInfo> segments = {
      {.begin = 0, .end = kRowTokens, .document = document, .text_begin = 0, .text_end = id}};
  writer.add_row(label, ids, segments);
}

/// Train: two files; label core has rows 100, 101 | 102, label react 200. The document "shared" is in both
/// files.
void write_directory(const std::filesystem::path& directory) {
  io::Manifest plan;
  plan.stage = kShardStage;
  io::OutputDirectory output(directory, plan, false);
  ShardWriter first(output.partial_path(shard_file_name(Split::kTrain, 0)), header_of(Split::kTrain));
  first.add_document({"shared", "repo", "a.ts"});
  add_row(first, 0, 100, 0);
  add_row(first, 0, 101, 0);
  first.finish();
  ShardWriter second(output.partial_path(shard_file_name(Split::kTrain, 1)), header_of(Split::kTrain));
  second.add_document({"other", "repo", "b.ts"});
  second.add_document({"shared", "repo", "a.ts"});
  add_row(second, 0, 102, 1);
  add_row(second, 1, 200, 0);
  second.finish();
  ShardWriter valid(output.partial_path(shard_file_name(Split::kValid, 0)), header_of(Split::kValid));
  valid.finish();
  output.publish({});
}

TokenId first_id(const ShardReader& reader, std::size_t label, std::size_t row) {
  std::vector<TokenId> ids(reader.row_tokens());
  reader.read_row(label, row, ids);
  return ids[0];
}

TEST(ShardReaderTest, NumbersRowsAndDocumentsOverAllFiles) {
  const test::TemporaryDirectory directory;
  write_directory(directory.path() / "shards");
  const ShardReader reader(directory.path() / "shards", Split::kTrain);
  EXPECT_THAT(reader.labels(), ::testing::ElementsAre("core", "react"));
  EXPECT_EQ(reader.row_tokens(), kRowTokens);
  EXPECT_EQ(reader.vocabulary_size(), 4096U);
  EXPECT_EQ(reader.tokenizer_digest(), base::sha256_hex("tokenizer"));
  EXPECT_EQ(reader.row_count(0), 3U);
  EXPECT_EQ(reader.row_count(1), 1U);
  for (TokenId row = 0; row < 3; ++row) EXPECT_EQ(first_id(reader, 0, row), 100 + row);
  EXPECT_EQ(first_id(reader, 1, 0), 200);
  ASSERT_EQ(reader.documents().size(), 2U);
  EXPECT_EQ(reader.documents()[reader.segments(0, 2)[0].document].id, "shared");
  EXPECT_EQ(reader.documents()[reader.segments(1, 0)[0].document].id, "other");
  EXPECT_EQ(reader.segments(0, 2)[0].text_bytes(), 102U);
}

TEST(ShardReaderTest, SplitWithoutRowsAndSplitWithoutFiles) {
  const test::TemporaryDirectory directory;
  write_directory(directory.path() / "shards");
  EXPECT_EQ(ShardReader(directory.path() / "shards", Split::kValid).row_count(0), 0U);
  EXPECT_THROW(ShardReader(directory.path() / "shards", Split::kTest), base::Error);
}

TEST(ShardReaderTest, RefusesMisuse) {
  const test::TemporaryDirectory directory;
  write_directory(directory.path() / "shards");
  const ShardReader reader(directory.path() / "shards", Split::kTrain);
  std::vector<TokenId> ids(kRowTokens);
  EXPECT_THROW(reader.read_row(0, 3, ids), base::Error);
  ids.pop_back();
  EXPECT_THROW(reader.read_row(0, 0, ids), base::Error);
}

TEST(ShardReaderTest, RefusesShardsOfAnotherRunAndOtherSizes) {
  const test::TemporaryDirectory directory;
  const auto shards = directory.path() / "shards";
  write_directory(shards);
  const auto victim = shards / shard_file_name(Split::kTrain, 1);
  const std::string good = io::read_file(victim);
  ShardHeader other = header_of(Split::kTrain);
  other.tokenizer_digest = base::sha256_hex("other");
  ShardWriter writer(victim, other);
  writer.finish();
  EXPECT_THROW(ShardReader(shards, Split::kTrain), base::Error);
  io::write_file_atomically(victim, good);
  EXPECT_NO_THROW(ShardReader(shards, Split::kTrain));
  std::filesystem::remove(victim);
  EXPECT_THROW(ShardReader(shards, Split::kTrain), base::Error);
  EXPECT_THROW(ShardReader(directory.path() / "missing", Split::kTrain), base::Error);
}

TEST(ShardReaderTest, ManyThreadsReadTheSameRows) {
  const test::TemporaryDirectory directory;
  write_directory(directory.path() / "shards");
  const ShardReader reader(directory.path() / "shards", Split::kTrain);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 300; ++i) wrong += first_id(reader, 0, i % 3) == 100 + i % 3 ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace palimpsest::tokens
