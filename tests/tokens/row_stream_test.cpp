#include "common/tokens/row_stream.h"

#include <mutex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "common/tokens/shard_writer.h"
#include "tests/support/temporary_directory.h"
#include "tests/tokens/shard_bytes.h"

namespace palimpsest::tokens {
namespace {

constexpr std::uint32_t kRowTokens = 16384;  // 8 rows a frame
constexpr std::size_t kRows = 100;
constexpr std::size_t kFrameSize = 8 * kRowTokens * sizeof(TokenId);
constexpr std::uint64_t kSeed = 5;

/// Row r of a label is filled with the id 1000 * (label + 1) + r.
void write_shards(const std::filesystem::path& directory) {
  io::Manifest plan;
  plan.stage = kShardStage;
  io::OutputDirectory output(directory, plan, false);
  ShardWriter writer(output.partial_path(shard_file_name(Split::kTrain, 0)),
                     {.split = Split::kTrain,
                      .row_tokens = kRowTokens,
                      .vocabulary_size = 4096,
                      .tokenizer_digest = base::sha256_hex("tokenizer"),
                      .labels = {"core", "react"}});
  writer.add_document({"00", "repo", "a.ts"});
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::size_t label = row < 70 ? 0 : 1;
    std::vector<TokenId> ids(kRowTokens, static_cast<TokenId>(1000 * (label + 1) + row - 70 * label));
    ids.back() = kEndId;
    const SegmentInfo segment = {.end = kRowTokens, .text_end = 9};
    writer.add_row(label, ids, std::span(&segment, 1));
  }
  writer.finish();
  output.publish({});
}

class RowStreamTest : public ::testing::Test {
 protected:
  void SetUp() override { write_shards(shards_); }

  static RowOrder order() { return {{70, 30}, kSeed, {1, 1}}; }

  /// Ids of the first `rows` rows of the order, without a stream.
  static std::vector<TokenId> expected(std::uint64_t rows) {
    std::vector<TokenId> ids;
    for (std::uint64_t n = 0; n < rows; ++n) {
      const RowRef row = order().at(n);
      ids.push_back(static_cast<TokenId>(1000 * (row.label + 1) + row.row));
    }
    return ids;
  }

  const test::TemporaryDirectory directory_;
  const std::filesystem::path shards_ = directory_.path() / "shards";
};

TEST_F(RowStreamTest, AnyNumberOfReadersInThreadsGiveTheSameOrder) {
  constexpr std::uint64_t kTotal = 210;
  for (const std::uint64_t readers : {1, 2, 3, 7}) {
    const ShardReader shards(shards_, Split::kTrain, 6 * kFrameSize);
    std::vector<TokenId> ids(kTotal);
    std::vector<std::thread> threads;
    for (std::uint64_t reader = 0; reader < readers; ++reader) {
      threads.emplace_back([&, reader] {
        RowStream stream(shards, order(), {.reader = reader, .readers = readers, .rows_ahead = 4});
        std::vector<TokenId> row(kRowTokens);
        while (stream.row_number() < kTotal) {
          const std::uint64_t number = stream.row_number();
          stream.next(row);
          ids[number] = row[0] == row[kRowTokens - 2] ? row[0] : 0;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(ids, expected(kTotal)) << readers << " readers";
  }
}

TEST_F(RowStreamTest, EqualsTheSamplerAfterAnySeek) {
  const ShardReader shards(shards_, Split::kTrain);
  RowStream stream(shards, order(), {.reader = 1, .readers = 3});
  for (const std::uint64_t row : {0, 1, 2, 3, 50, 7, 300, 301, 299}) {
    stream.seek(row);
    const std::uint64_t number = stream.row_number();
    EXPECT_EQ(number % 3, 1U);
    EXPECT_GE(number, row);
    EXPECT_LT(number, row + 3);
    RowSampler sampler({70, 30}, kSeed);
    sampler.set_weights({1, 1});
    sampler.seek(order().position_after(number));
    EXPECT_EQ(stream.next(), sampler.next());
  }
}

TEST_F(RowStreamTest, ReadingAheadLeavesDamageToTheRow) {
  const auto victim = shards_ / shard_file_name(Split::kTrain, 0);
  std::string file = io::read_file(victim);
  file[test::frame_offsets(file)[3] + 9] ^= 1;  // frame 2: rows 16 to 23 of label 0
  io::write_file_atomically(victim, file);
  const ShardReader shards(shards_, Split::kTrain);
  RowStream stream(shards, order(), {.rows_ahead = 8});
  std::vector<TokenId> ids(kRowTokens);
  int refused = 0;
  for (const TokenId id : expected(140)) {
    const bool damaged = id >= 1016 && id < 1024;
    try {
      stream.next(ids);
      EXPECT_FALSE(damaged);
      EXPECT_EQ(ids[0], id);
    } catch (const base::Error& error) {
      EXPECT_TRUE(damaged);
      EXPECT_THAT(error.what(), ::testing::HasSubstr("frame 2 (rows 16 to 23, documents repo:a.ts)"));
      ++refused;
    }
  }
  EXPECT_EQ(refused, 8);
}

TEST_F(RowStreamTest, ReadsAheadOnlyWhatIsAskedFor) {
  const ShardReader shards(shards_, Split::kTrain);
  std::mutex mutex;
  std::set<std::uint64_t> asked;
  RowStream stream(shards, order(), {.rows_ahead = 4, .is_read = [&](std::uint64_t number) {
                                       const std::lock_guard lock(mutex);
                                       asked.insert(number);
                                       return number % 2 == 0;
                                     }});
  std::vector<TokenId> ids(kRowTokens);
  for (const TokenId id : expected(20)) {
    stream.next(ids);
    EXPECT_EQ(ids[0], id);
  }
  EXPECT_EQ(asked.size(), 23U) << "1 to 19, and four ahead of it";
}

TEST_F(RowStreamTest, ViewsStayValidAfterEviction) {
  const ShardReader shards(shards_, Split::kTrain, kFrameSize);
  const RowView view = shards.view_row(1, 3);
  for (std::size_t row = 0; row < 70; ++row) shards.prefetch(0, row);
  EXPECT_EQ(view.ids.size(), kRowTokens);
  EXPECT_EQ(view.ids[0], 2003);
}

TEST_F(RowStreamTest, RefusesAReaderThatIsNotOne) {
  const ShardReader shards(shards_, Split::kTrain);
  EXPECT_THROW(RowStream(shards, order(), {.reader = 2, .readers = 2}), base::Error);
  EXPECT_THROW(RowStream(shards, order(), {.reader = 0, .readers = 0}), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokens
