#include "shard/build_command.h"

#include <set>
#include <span>
#include <utility>

#include <gmock/gmock.h>

#include "common/base/error.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_format.h"
#include "tests/shard/sample_shards.h"

namespace palimpsest::shard {
namespace {

using ::testing::HasSubstr;
using tokens::Split;

using BuildCommandTest = test::SampleShards;

/// The way back from every row: repository, path and byte range lead to exactly the text that was encoded.
TEST_F(BuildCommandTest, EveryByteIsInOneRowOnceAndEveryRowLeadsBackToItsBytes) {
  options_.shard_text_bytes = 8000;
  build();
  std::map<std::pair<std::string, std::string>, const io::Document*> by_place;
  for (const io::Document& document : documents_) by_place[{document.repo, document.path}] = &document;
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  std::map<std::string, std::map<std::uint32_t, std::uint32_t>> ranges;  // by document id: begin, end
  std::map<std::string, std::set<Split>> splits;
  for (const Split split : tokens::kSplits) {
    const tokens::ShardReader reader(options_.run.out, split);
    std::vector<tokens::TokenId> ids(reader.row_tokens());
    for (std::size_t label = 0; label < reader.labels().size(); ++label) {
      EXPECT_GT(reader.row_count(label), 0U);
      for (std::size_t row = 0; row < reader.row_count(label); ++row) {
        reader.read_row(label, row, ids);
        std::size_t end = 0;
        for (const tokens::SegmentInfo& segment : reader.segments(label, row)) {
          const tokens::DocumentOrigin& origin = reader.documents()[segment.document];
          const io::Document& document = *by_place.at({origin.repo, origin.path});
          EXPECT_EQ(document.id, origin.id);
          const auto text = std::span(ids).subspan(segment.begin + segment.header_tokens,
                                                   segment.end - segment.begin - segment.header_tokens - 1U);
          EXPECT_EQ(tokenizer.decode(text), document.text.substr(segment.text_begin, segment.text_bytes()));
          for (const io::Chunk& chunk : document.chunks) {
            if (chunk.begin < segment.text_end && chunk.end > segment.text_begin) {
              EXPECT_EQ(chunk.framework, reader.labels()[label]);
            }
          }
          EXPECT_TRUE(ranges[origin.id].emplace(segment.text_begin, segment.text_end).second);
          splits[origin.repo].insert(split);
          end = segment.end;
        }
        for (std::size_t i = end; i < ids.size(); ++i) EXPECT_EQ(ids[i], tokens::kPadId);
      }
    }
  }
  ASSERT_EQ(ranges.size(), documents_.size());
  for (const io::Document& document : documents_) {
    std::uint32_t expected = 0;
    for (const auto& [begin, end] : ranges[document.id]) {
      EXPECT_EQ(begin, expected);
      expected = end;
    }
    EXPECT_EQ(expected, document.text.size());
  }
  for (const auto& [repo, held] : splits) EXPECT_EQ(held.size(), 1U) << repo;
}

TEST_F(BuildCommandTest, CapsLeaveOutWholeDocumentsAfterTheSplit) {
  build();
  const io::Json all = io::read_manifest(options_.run.out, tokens::kShardStage).counts;
  options_.max_repo_tokens = 2000;
  options_.run.out = directory_.path() / "capped";
  build({{"max-repo-tokens", "2000"}});
  const io::Json counts = io::read_manifest(options_.run.out, tokens::kShardStage).counts;
  EXPECT_EQ(counts["repositories"], all["repositories"]);
  EXPECT_LT(counts["documents"], all["documents"]);
  std::map<std::string, std::uint64_t> kept;
  for (const Split split : tokens::kSplits) {
    const tokens::ShardReader reader(options_.run.out, split);
    for (const tokens::DocumentOrigin& origin : reader.documents()) ++kept[origin.repo];
  }
  EXPECT_GT(counts["capped_repositories"].size(), 2U);
  for (const auto& [repo, cap] : counts["capped_repositories"].items()) {
    EXPECT_EQ(cap["kept_documents"], kept[repo]);
    EXPECT_LE(cap["kept_tokens"], 2000U);
  }
}

TEST_F(BuildCommandTest, ManifestCountsMatchTheRows) {
  EXPECT_THAT(build(), ::testing::StartsWith("shard build: "));
  const io::Json counts = io::read_manifest(options_.run.out, tokens::kShardStage).counts;
  EXPECT_EQ(counts["documents"], documents_.size());
  for (const Split split : tokens::kSplits) {
    const tokens::ShardReader reader(options_.run.out, split);
    for (std::size_t label = 0; label < reader.labels().size(); ++label) {
      const io::Json& part = counts["splits"][tokens::split_name(split)][reader.labels()[label]];
      EXPECT_EQ(part["rows"], reader.row_count(label));
      EXPECT_EQ(part["tokens"].get<std::uint64_t>() + part["padding"].get<std::uint64_t>(),
                reader.row_count(label) * reader.row_tokens());
    }
  }
}

TEST_F(BuildCommandTest, NoHeaderLeavesHeadersOut) {
  options_.no_header = true;
  build();
  const tokens::ShardReader reader(options_.run.out, Split::kTrain);
  for (const tokens::SegmentInfo& segment : reader.segments(0, 0)) EXPECT_EQ(segment.header_tokens, 0);
}

TEST_F(BuildCommandTest, SecondRunIsANoOpAndAnotherConfigurationIsRefused) {
  build();
  EXPECT_THAT(build(), HasSubstr("up to date"));
  EXPECT_THROW(build({{"row-tokens", "64"}}), base::Error);
  tokens::Vocabulary other = test::sample_vocabulary();
  test::add_merge(other, "x", "y");
  io::write_file_atomically(options_.tokenizer / tokens::kTokenizerFile, tokens::to_tokenizer_json(other));
  EXPECT_THROW(build(), base::Error);
  options_.run.overwrite = true;
  EXPECT_THAT(build(), HasSubstr("shard build: "));
}

TEST_F(BuildCommandTest, ShardsCarryTheirTokenizer) {
  build();
  const auto tokenizer = tokens::Tokenizer::load(options_.run.out / tokens::kTokenizerFile);
  EXPECT_EQ(tokenizer.digest(), tokens::ShardReader(options_.run.out, Split::kTrain).tokenizer_digest());
}

TEST_F(BuildCommandTest, BadInputsEndWithTheRightCode) {
  const auto code = [&] {
    try {
      build();
    } catch (const base::Error& error) {
      return error.code();
    }
    return base::ErrorCode::kBug;
  };
  const BuildOptions good = options_;
  options_.documents = directory_.path() / "missing";
  EXPECT_EQ(code(), base::ErrorCode::kEnvironment);
  options_ = good;
  options_.documents = options_.tokenizer;
  EXPECT_EQ(code(), base::ErrorCode::kEnvironment);
  options_ = good;
  options_.tokenizer = directory_.path() / "missing";
  EXPECT_EQ(code(), base::ErrorCode::kEnvironment);
  options_ = good;
  io::write_file_atomically(options_.tokenizer / tokens::kTokenizerFile, "{}");
  EXPECT_EQ(code(), base::ErrorCode::kBadData);
  EXPECT_FALSE(std::filesystem::exists(options_.run.out / io::kManifestName));
}

}  // namespace
}  // namespace palimpsest::shard
