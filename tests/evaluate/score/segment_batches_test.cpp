#include "evaluate/score/segment_batches.h"

#include <gtest/gtest.h>

#include "common/tokens/tokenizer_json.h"
#include "common/tokens/vocabulary.h"
#include "tests/support/sample_batch.h"

namespace palimpsest::evaluate {
namespace {

TEST(SegmentBatchesTest, HolesKeepContextOnBothSidesAndTheEnd) {
  const auto tokenizer = tokens::Tokenizer::parse(to_tokenizer_json(tokens::base_vocabulary("")), "test");
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<SegmentBatch> batches(2);
    for (SegmentBatch& batch : batches) {
      batch.rows = test::sample_batch(3);
      batch.document.assign(batch.rows.segments.size(), 7);
      batch.rows.segments[0].header = 9;  // 3 maskable tokens: no room for a hole
    }
    cut_holes(batches, tokenizer, seed);
    ASSERT_EQ(batches.size(), 2U);
    EXPECT_EQ(batches[1].first_segment, 5U);
    for (const SegmentBatch& batch : batches) {
      ASSERT_EQ(batch.rows.segments.size(), 5U);
      ASSERT_EQ(batch.holes.size(), 5U);
      EXPECT_EQ(batch.document.size(), 5U);
      for (std::size_t s = 0; s < batch.holes.size(); ++s) {
        const model::BatchSegment& segment = batch.rows.segments[s];
        ASSERT_FALSE(batch.holes[s].empty());
        EXPECT_GT(batch.holes[s].front(), batch.rows.flat(segment.row, segment.maskable_begin()));
        EXPECT_LT(batch.holes[s].back(), batch.rows.flat(segment.row, segment.end) - 2);
        EXPECT_EQ(segment.text_bytes, static_cast<std::int64_t>(batch.holes[s].size())) << "one byte a token";
      }
    }
  }
}

}  // namespace
}  // namespace palimpsest::evaluate
