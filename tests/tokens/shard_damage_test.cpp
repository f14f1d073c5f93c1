// Every bit and every length of a whole shard: damage is found before a wrong id is used, and named.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "common/tokens/shard_file.h"
#include "common/tokens/shard_writer.h"
#include "tests/support/temporary_directory.h"
#include "tests/tokens/shard_bytes.h"

namespace palimpsest::tokens {
namespace {

using ::testing::HasSubstr;

// The longest rows, so that a small file has two frames: rows 0 to 3 of a.ts, row 4 of b.ts.
constexpr std::uint32_t kRowTokens = kMaxRowTokens;
constexpr std::size_t kRows = rows_per_frame(kRowTokens) + 1;
constexpr std::array<const char*, 2> kFrameNames = {"frame 0 (rows 0 to 3, documents repo:a.ts)",
                                                    "frame 1 (rows 4 to 4, documents repo:b.ts)"};

/// A few random ids, then a constant that compresses to nothing.
std::vector<TokenId> row_ids(std::size_t row) {
  base::Random random({row});
  std::vector<TokenId> ids(kRowTokens, static_cast<TokenId>(kSpecialCount + row));
  for (std::size_t i = 0; i < 40; ++i) ids[i] = static_cast<TokenId>(kSpecialCount + random.below(200));
  ids.back() = kEndId;
  return ids;
}

std::string shard_bytes(const std::filesystem::path& path) {
  ShardWriter writer(path, {.split = Split::kTrain,
                            .row_tokens = kRowTokens,
                            .vocabulary_size = 300,
                            .tokenizer_digest = base::sha256_hex("tokenizer"),
                            .labels = {"core", "react"}});
  writer.add_document({"00", "repo", "a.ts"});
  writer.add_document({"01", "repo", "b.ts"});
  for (std::size_t row = 0; row < kRows; ++row) {
    const SegmentInfo segment = {
        .end = kRowTokens, .header_tokens = 3, .document = row + 1 == kRows, .text_end = 70};
    writer.add_row(row / 2 == 0 ? 0 : 1, row_ids(row), std::span(&segment, 1));
  }
  writer.finish();
  return io::read_file(path);
}

class ShardDamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    good_ = shard_bytes(path_);
    const ShardFile shard(path_);
    ASSERT_EQ(shard.frame_count(), 2U);
    frames_ = {shard.read_frame(0), shard.read_frame(1)};
  }

  /// In place: a file written anew for every bit would cost a disk flush each.
  void overwrite(std::size_t offset, char byte) const {
    const io::FileHandle file = io::open_file(path_, "r+b");
    std::fseek(file.get(), static_cast<long>(offset), SEEK_SET);
    std::fputc(byte, file.get());
  }

  /// Frames that are refused. Those that are read must be right, and a refusal must name its frame.
  std::vector<std::size_t> refused_frames(const ShardFile& shard) const {
    std::vector<std::size_t> refused;
    for (std::size_t frame = 0; frame < shard.frame_count(); ++frame) {
      try {
        EXPECT_TRUE(shard.read_frame(frame) == frames_[frame]) << "wrong ids";
      } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
        EXPECT_THAT(error.what(), HasSubstr(kFrameNames.at(frame)));
        EXPECT_THAT(error.what(), HasSubstr(path_.string()));
        refused.push_back(frame);
      }
    }
    return refused;
  }

  const test::TemporaryDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "x.pls";
  std::string good_;
  std::vector<std::vector<TokenId>> frames_;
};

TEST_F(ShardDamageTest, EveryFlippedBitIsFoundWhereItIs) {
  const std::vector<std::size_t> offsets = test::frame_offsets(good_);
  for (std::size_t bit = 0; bit < 8 * good_.size() && !HasFailure(); ++bit) {
    overwrite(bit / 8, static_cast<char>(good_[bit / 8] ^ 1 << bit % 8));
    const bool in_data = bit / 8 >= offsets[1] && bit / 8 < offsets[3];
    std::vector<std::size_t> refused;
    try {
      const ShardFile shard(path_);
      EXPECT_TRUE(in_data) << "opened in spite of bit " << bit;
      refused = refused_frames(shard);
      EXPECT_EQ(refused, (std::vector<std::size_t>{bit / 8 < offsets[2] ? 0U : 1U})) << "bit " << bit;
    } catch (const base::Error& error) {
      EXPECT_FALSE(in_data) << "bit " << bit << ": " << error.what();
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
      EXPECT_THAT(error.what(), HasSubstr(path_.string()));
    }
    overwrite(bit / 8, good_[bit / 8]);
  }
}

TEST_F(ShardDamageTest, EveryTruncationIsFoundWhenOpened) {
  for (std::size_t size = good_.size(); size-- > 0;) {
    std::filesystem::resize_file(path_, size);
    try {
      ShardFile{path_};
      FAIL() << size << " bytes";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
      EXPECT_THAT(error.what(), HasSubstr(path_.string()));
    }
  }
}

TEST_F(ShardDamageTest, DamageAfterOpeningIsFoundWhenRead) {
  const std::vector<std::size_t> offsets = test::frame_offsets(good_);
  const ShardFile shard(path_);
  for (std::size_t offset = offsets[1]; offset < offsets[3] && !HasFailure(); ++offset) {
    overwrite(offset, static_cast<char>(good_[offset] ^ 0x10));
    EXPECT_EQ(refused_frames(shard).size(), 1U) << "offset " << offset;
    overwrite(offset, good_[offset]);
  }
  EXPECT_TRUE(refused_frames(shard).empty());
  std::filesystem::resize_file(path_, offsets[2] + 1);
  EXPECT_EQ(shard.read_frame(0), frames_[0]);
  EXPECT_THROW(shard.read_frame(1), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokens
