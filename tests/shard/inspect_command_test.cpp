#include "shard/inspect_command.h"

#include <gmock/gmock.h>

#include "common/base/error.h"
#include "shard/stats_command.h"
#include "tests/shard/sample_shards.h"

namespace palimpsest::shard {
namespace {

using ::testing::HasSubstr;

class InspectCommandTest : public test::SampleShards {
 protected:
  InspectCommandTest() { build(); }

  std::string describe(const std::string& split, const std::string& label, std::uint64_t row) const {
    return describe_row({.directory = options_.run.out, .split = split, .label = label, .row = row});
  }
};

TEST_F(InspectCommandTest, ShowsOriginHeaderAndText) {
  const std::string text = describe("train", "nestjs", 1);
  EXPECT_THAT(text, ::testing::StartsWith("train row 1 of "));
  EXPECT_THAT(text, HasSubstr("label nestjs"));
  EXPECT_THAT(text, HasSubstr("src/app/file"));
  EXPECT_THAT(text, HasSubstr("[header, "));
  EXPECT_THAT(text, ::testing::EndsWith("<|end|>\n"));
  EXPECT_THAT(describe("valid", "", 0), HasSubstr("label core"));
}

TEST_F(InspectCommandTest, RefusesWhatIsNotThere) {
  EXPECT_THROW(describe("train", "angular", 0), base::Error);
  EXPECT_THROW(describe("train", "core", 1'000'000), base::Error);
  EXPECT_THROW(describe("dev", "core", 0), base::Error);
}

TEST_F(InspectCommandTest, RefusesATokenizerOfOtherShards) {
  tokens::Vocabulary other = test::sample_vocabulary();
  test::add_merge(other, "x", "y");
  io::write_file_atomically(options_.run.out / tokens::kTokenizerFile, tokens::to_tokenizer_json(other));
  EXPECT_THROW(describe("train", "core", 0), base::Error);
}

TEST_F(InspectCommandTest, StatsTablesEverySplitAndLabel) {
  const std::string table = stats_table(options_.run.out);
  for (const char* part : {"train  core", "valid  nestjs", "test   react", "train  all", "padding"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
}

}  // namespace
}  // namespace palimpsest::shard
