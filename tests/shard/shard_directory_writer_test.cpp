#include "shard/shard_directory_writer.h"

#include <gtest/gtest.h>

#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/tokens/shard_file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::shard {
namespace {

/// `count` segments of one long row each.
DocumentSegments long_segments(std::size_t count, std::size_t row_tokens) {
  DocumentSegments segments{.labels = {"core", "react"}, .origins = {{"a", "r", "a.ts"}, {"b", "r", "b.ts"}}};
  for (auto& split : segments.by_split) split.resize(2);
  for (std::size_t i = 0; i < count; ++i) {
    Segment segment{
        .label = i % 2 == 0 ? "core" : "react",
        .ids = std::vector<tokens::TokenId>(row_tokens, static_cast<tokens::TokenId>(10 + i % 200)),
        .text_begin = 0,
        .text_end = 5};
    segments.by_split[0][i % 2].push_back({std::move(segment), i % 2});
  }
  return segments;
}

TEST(ShardDirectoryWriterTest, StartsANewFileWhenOneIsFull) {
  const test::TemporaryDirectory directory;
  constexpr std::uint32_t kRowTokens = tokens::kMaxRowTokens;
  const std::size_t rows_per_file = tokens::kShardBytes / (kRowTokens * sizeof(tokens::TokenId));
  const DocumentSegments segments = long_segments(rows_per_file + 3, kRowTokens);
  const tokens::ShardHeader header{.split = tokens::Split::kTrain,
                                   .row_tokens = kRowTokens,
                                   .vocabulary_size = 300,
                                   .tokenizer_digest = base::sha256_hex(""),
                                   .labels = segments.labels};
  const auto counts = write_split(segments, header, [&](const std::string& name) {
    io::make_directories((directory.path() / name).parent_path());
    return directory.path() / name;
  });
  EXPECT_EQ(counts[0].rows + counts[1].rows, rows_per_file + 3);
  const tokens::ShardFile first(directory.path() / "train/shard-00000.pls");
  const tokens::ShardFile second(directory.path() / "train/shard-00001.pls");
  EXPECT_EQ(first.row_count(), rows_per_file);
  EXPECT_EQ(second.row_count(), 3U);
  EXPECT_EQ(second.documents().size(), 1U);
  EXPECT_EQ(second.documents()[0].id, "b");
  EXPECT_EQ(second.row_label(0), 1U);
}

}  // namespace
}  // namespace palimpsest::shard
