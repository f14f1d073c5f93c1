#include "common/tokens/shard_file.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "common/tokens/shard_writer.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::tokens {
namespace {

constexpr std::uint32_t kRowTokens = 64;

ShardHeader sample_header() {
  return {.split = Split::kValid,
          .row_tokens = kRowTokens,
          .vocabulary_size = 300,
          .tokenizer_digest = base::sha256_hex("tokenizer"),
          .labels = {"core", "nestjs", "react"}};
}

/// Row `row` holds two segments of its own ids, then padding.
std::vector<TokenId> sample_row(std::size_t row) {
  base::Random random({row});
  std::vector<TokenId> ids(kRowTokens, kPadId);
  for (std::size_t i = 0; i < 50; ++i) ids[i] = static_cast<TokenId>(kSpecialCount + random.below(200));
  ids[19] = ids[49] = kEndId;
  return ids;
}

std::vector<SegmentInfo> sample_segments(std::uint32_t document) {
  return {{.begin = 0, .end = 20, .header_tokens = 5, .document = document, .text_begin = 0, .text_end = 70},
          {.begin = 20, .end = 50, .header_tokens = 0, .document = 0, .text_begin = 70, .text_end = 99}};
}

void write_shard(const std::filesystem::path& path, std::size_t rows) {
  ShardWriter writer(path, sample_header());
  writer.add_document({"00", "repo", "a.ts"});
  writer.add_document({"01", "repo", "b.ts"});
  for (std::size_t row = 0; row < rows; ++row) {
    writer.add_row(row < rows / 2 ? 0 : 2, sample_row(row), sample_segments(row % 2));
  }
  writer.finish();
}

/// Opens the file and reads every frame.
void read_all(const std::filesystem::path& path) {
  const ShardFile shard(path);
  for (std::size_t frame = 0; frame < shard.frame_count(); ++frame) shard.read_frame(frame);
}

/// "" when every byte is accepted.
std::string complaint(const std::filesystem::path& path) {
  try {
    read_all(path);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kBadData) << error.what();
    return error.what();
  }
  return "";
}

TEST(ShardFileTest, RoundTripOverSeveralFrames) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "x.pls";
  const std::size_t rows = 2 * rows_per_frame(kRowTokens) + 3;
  write_shard(path, rows);
  const ShardFile shard(path);
  EXPECT_EQ(shard.header(), sample_header());
  EXPECT_EQ(shard.frame_count(), 3U);
  ASSERT_EQ(shard.row_count(), rows);
  ASSERT_EQ(shard.documents().size(), 2U);
  EXPECT_EQ(shard.documents()[1].path, "b.ts");
  for (std::size_t row = 0; row < rows; row += 501) {
    EXPECT_EQ(shard.row_label(row), row < rows / 2 ? 0U : 2U);
    const auto segments = shard.segments(row);
    ASSERT_EQ(segments.size(), 2U);
    EXPECT_EQ(segments[0].header_tokens, 5);
    EXPECT_EQ(segments[0].document, row % 2);
    EXPECT_EQ(segments[1].text_bytes(), 29U);
    const std::size_t frame = shard.frame_of_row(row);
    const std::vector<TokenId> ids = shard.read_frame(frame);
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>((row - shard.first_row(frame)) * kRowTokens);
    EXPECT_EQ(std::vector<TokenId>(begin, begin + kRowTokens), sample_row(row));
  }
}

TEST(ShardFileTest, EmptyShard) {
  const test::TemporaryDirectory directory;
  write_shard(directory.path() / "x.pls", 0);
  EXPECT_EQ(ShardFile(directory.path() / "x.pls").row_count(), 0U);
}

TEST(ShardFileTest, PlainZstdReadsTheIds) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "x.pls";
  write_shard(path, 7);
  const std::string file = io::read_file(path);
  std::string raw(1 << 20, '\0');
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), file.data(), file.size());
  ASSERT_EQ(ZSTD_isError(size), 0U) << ZSTD_getErrorName(size);
  ASSERT_EQ(size, 7 * kRowTokens * sizeof(TokenId));
  const std::vector<TokenId> first = sample_row(0);
  for (std::size_t i = 0; i < kRowTokens; ++i) {
    EXPECT_EQ(static_cast<std::uint8_t>(raw[2 * i]) | static_cast<std::uint8_t>(raw[2 * i + 1]) << 8,
              first[i]);
  }
}

TEST(ShardFileTest, ExtraBytesAreFound) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "x.pls";
  write_shard(path, 2);
  const std::string file = io::read_file(path);
  io::write_file_atomically(path, file + '\0');
  EXPECT_NE(complaint(path), "");
  io::write_file_atomically(path, file + file);
  EXPECT_NE(complaint(path), "");
}

TEST(ShardFileTest, WriterRefusesWrongRows) {
  const test::TemporaryDirectory directory;
  ShardWriter writer(directory.path() / "x.pls", sample_header());
  writer.add_document({"00", "repo", "a.ts"});
  EXPECT_THROW(writer.add_row(3, sample_row(0), sample_segments(0)), base::Error);
  EXPECT_THROW(writer.add_row(0, sample_row(0), sample_segments(1)), base::Error);
  EXPECT_THROW(writer.add_row(0, sample_row(0), {}), base::Error);
  EXPECT_THROW(writer.add_row(0, std::vector<TokenId>(63), sample_segments(0)), base::Error);
  writer.add_row(2, sample_row(0), sample_segments(0));
  EXPECT_THROW(writer.add_row(1, sample_row(0), sample_segments(0)), base::Error);
}

TEST(ShardFileTest, MissingFileIsTheEnvironment) {
  try {
    ShardFile("/nonexistent/x.pls");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kEnvironment);
  }
}

}  // namespace
}  // namespace palimpsest::tokens
