// Files written once and kept: a reader of today must read, or refuse, them as on the first day.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/tokens/byte_buffer.h"
#include "common/tokens/shard_file.h"

namespace palimpsest::tokens {
namespace {

const std::filesystem::path kGolden = PALIMPSEST_GOLDEN_SHARDS;

TEST(ShardGoldenTest, ReadsTheGoodFile) {
  const ShardFile shard(kGolden / "good.pls");
  EXPECT_EQ(shard.header().split, Split::kValid);
  EXPECT_EQ(shard.header().vocabulary_size, 300U);
  EXPECT_EQ(shard.header().tokenizer_digest, base::sha256_hex("tokenizer"));
  EXPECT_THAT(shard.header().labels, ::testing::ElementsAre("core", "nestjs"));
  ASSERT_EQ(shard.row_count(), 3U);
  EXPECT_EQ(shard.row_label(2), 1U);
  const auto segments = shard.segments(1);
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_EQ(segments[0].header_tokens, 5);
  EXPECT_EQ(segments[1].end, 50);
  EXPECT_EQ(shard.documents()[segments[1].document].path, "src/b.ts");
  std::string raw;
  for (const TokenId id : shard.read_frame(0)) put<std::uint16_t>(raw, id);
  EXPECT_EQ(raw, io::read_file(kGolden / "good.ids"));
}

TEST(ShardGoldenTest, RefusesEachBadFileWithItsMessage) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGolden / "bad")) {
    if (entry.path().extension() != ".pls") continue;
    ++files;
    auto message = entry.path();
    message.replace_extension(".message");
    try {
      const ShardFile shard(entry.path());
      for (std::size_t frame = 0; frame < shard.frame_count(); ++frame) shard.read_frame(frame);
      ADD_FAILURE() << entry.path() << " was accepted";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
      EXPECT_THAT(error.what(), ::testing::HasSubstr(io::read_file(message)));
      EXPECT_THAT(error.what(), ::testing::HasSubstr(entry.path().filename().string()));
    }
  }
  EXPECT_GE(files, 19U);
}

}  // namespace
}  // namespace palimpsest::tokens
