#include "shard/verify_command.h"

#include <gmock/gmock.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/folder.h"
#include "common/tokens/shard_format.h"
#include "tests/shard/sample_shards.h"

namespace palimpsest::shard {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VerifyCommandTest : public test::SampleShards {
 protected:
  VerifyCommandTest() { build(); }

  void flip(const std::string& file, std::size_t offset) {
    std::string content = io::read_file(options_.run.out / file);
    content.at(offset) = static_cast<char>(content.at(offset) ^ 1);
    io::write_file_atomically(options_.run.out / file, content);
  }

  std::vector<std::string> damage() const { return verify_shards(io::Folder(options_.run.out)).damage; }
};

TEST_F(VerifyCommandTest, GoodShardsAreGood) {
  const VerifyResult result = verify_shards(io::Folder(options_.run.out));
  EXPECT_THAT(result.damage, IsEmpty());
  EXPECT_EQ(result.files, 4U);
  EXPECT_GT(result.rows, 10U);
}

TEST_F(VerifyCommandTest, NamesFrameAndDocuments) {
  flip("train/shard-00000.pls", 1000);
  ASSERT_THAT(damage(), SizeIs(1));
  EXPECT_THAT(damage()[0], HasSubstr("frame 0 (rows 0 to "));
  EXPECT_THAT(damage()[0], HasSubstr("repo"));
  EXPECT_THAT(damage()[0], HasSubstr("train/shard-00000.pls@"));
}

TEST_F(VerifyCommandTest, GoesOnAfterDamage) {
  flip("train/shard-00000.pls", 10);
  flip("test/shard-00000.pls", 500);
  flip("tokenizer.json", 100);
  EXPECT_THAT(damage(), SizeIs(3));
}

TEST_F(VerifyCommandTest, MissingFileIsDamage) {
  std::filesystem::remove(options_.run.out / "valid/shard-00000.pls");
  EXPECT_THAT(damage(), SizeIs(1));
}

TEST_F(VerifyCommandTest, RefusesOtherDirectories) {
  EXPECT_THROW(verify_shards(io::Folder(options_.documents)), base::Error);
  EXPECT_THROW(verify_shards(io::Folder(directory_.path() / "missing")), base::Error);
}

}  // namespace
}  // namespace palimpsest::shard
