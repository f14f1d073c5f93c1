// The list that the quickstart uses, from the npm registry: needs the network.
#include <gtest/gtest.h>

#include "common/io/document.h"
#include "ingest/ingest.h"
#include "ingest/non_white.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

TEST(QuickstartCorpusTest, ChunksTileEveryFileWithinTheBudget) {
  const test::TemporaryDirectory directory;
  IngestOptions options = test::run_options(directory.path(), "out", {});
  options.lists = {PALIMPSEST_SOURCE_DIR "/pipelines/corpora/quickstart.tsv"};
  const RunResult result = run_ingest(options, {});
  EXPECT_GT(result.counts.at("bytes").get<std::uint64_t>(), 5'000'000U);
  for (const auto& [label, tally] : result.counts.at("families").items())
    EXPECT_GT(tally.at("files"), 0) << label;
  // Reading checks that the chunks tile.
  io::for_each_document(options.run.out, [&](io::Document&& document) {
    for (const io::Chunk& chunk : document.chunks) {
      const auto part = std::string_view(document.text).substr(chunk.begin, chunk.end - chunk.begin);
      EXPECT_LE(NonWhiteIndex(part).count(0, part.size()), options.chunk_chars) << document.path;
    }
  });
  EXPECT_TRUE(run_ingest(options, {}).up_to_date);
}

}  // namespace
}  // namespace palimpsest::ingest
