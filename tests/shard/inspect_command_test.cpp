#include "shard/inspect_command.h"

#include <sstream>
#include <utility>

#include <gmock/gmock.h>

#include "common/base/error.h"
#include "common/io/folder.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_format.h"
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
  const std::string table = stats_table(io::Folder(options_.run.out));
  for (const char* part :
       {"train  core", "valid  nestjs", "test   react", "train  all", "padding", "first-fit"}) {
    EXPECT_THAT(table, HasSubstr(part));
  }
}

TEST_F(InspectCommandTest, RepositoriesAddUpToTheLabels) {
  std::istringstream lines(repositories_table(io::Folder(options_.run.out)));
  std::map<std::pair<std::string, std::string>, std::uint64_t> bytes;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string split, label, repo;
    std::uint64_t documents = 0, rows = 0, segments = 0, tokens = 0, header = 0, text_bytes = 0;
    double bytes_per_token = 0;
    fields >> split >> label >> documents >> rows >> segments >> tokens >> header >> text_bytes >>
        bytes_per_token >> repo;
    EXPECT_THAT(repo, ::testing::StartsWith("repo"));
    bytes[{split, label}] += text_bytes;
  }
  const io::Json splits = io::read_manifest(options_.run.out, tokens::kShardStage).counts["splits"];
  for (const auto& [split, labels] : splits.items()) {
    for (const auto& [label, counts] : labels.items())
      EXPECT_EQ((bytes[{split, label}]), counts["text_bytes"]);
  }
}

}  // namespace
}  // namespace palimpsest::shard
