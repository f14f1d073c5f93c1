#include "shard/unit_writer.h"

#include <gtest/gtest.h>

#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/tokens/shard_file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::shard {
namespace {

/// `count` segments of one long row each.
UnitSegments long_segments(std::size_t count, std::size_t row_tokens) {
  UnitSegments segments{.origins = {{"a", "r", "a.ts"}, {"b", "r", "b.ts"}}, .by_label = {}};
  segments.by_label.resize(2);
  for (std::size_t i = 0; i < count; ++i) {
    Segment segment{
        .label = i % 2 == 0 ? "core" : "react",
        .ids = std::vector<tokens::TokenId>(row_tokens, static_cast<tokens::TokenId>(10 + i % 200)),
        .text_begin = 0,
        .text_end = 5};
    segments.by_label[i % 2].push_back({std::move(segment), i % 2});
  }
  return segments;
}

TEST(UnitWriterTest, StartsANewFileWhenOneIsFull) {
  const test::TemporaryDirectory directory;
  constexpr std::uint32_t kRowTokens = tokens::kMaxRowTokens;
  const std::size_t rows_per_file = tokens::kShardBytes / (kRowTokens * sizeof(tokens::TokenId));
  const tokens::ShardHeader header{.split = tokens::Split::kTrain,
                                   .row_tokens = kRowTokens,
                                   .vocabulary_size = 300,
                                   .tokenizer_digest = base::sha256_hex(""),
                                   .labels = {"core", "react"}};
  const auto path_of = [&](std::size_t part) { return directory.path() / std::to_string(part); };
  const auto counts = write_unit(long_segments(rows_per_file + 3, kRowTokens), header, path_of);
  EXPECT_EQ(counts[0].rows + counts[1].rows, rows_per_file + 3);
  const tokens::ShardFile first(path_of(0));
  const tokens::ShardFile second(path_of(1));
  EXPECT_EQ(first.row_count(), rows_per_file);
  EXPECT_EQ(second.row_count(), 3U);
  EXPECT_EQ(second.documents().size(), 1U);
  EXPECT_EQ(second.documents()[0].id, "b");
  EXPECT_EQ(second.row_label(0), 1U);
}

TEST(UnitWriterTest, NoSegmentsMakeAFileWithoutRows) {
  const test::TemporaryDirectory directory;
  const tokens::ShardHeader header{
      .row_tokens = 64, .vocabulary_size = 300, .tokenizer_digest = base::sha256_hex(""), .labels = {"core"}};
  const auto path_of = [&](std::size_t part) { return directory.path() / std::to_string(part); };
  UnitSegments none;
  none.by_label.resize(1);
  EXPECT_EQ(write_unit(none, header, path_of)[0].rows, 0U);
  EXPECT_EQ(tokens::ShardFile(path_of(0)).row_count(), 0U);
}

}  // namespace
}  // namespace palimpsest::shard
