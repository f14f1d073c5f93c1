#include "shard/segmenter.h"

#include <span>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "common/tokens/visible_header.h"
#include "tests/support/sample_documents.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::shard {
namespace {

constexpr std::size_t kRowTokens = 128;

/// What must hold for every document: the segments tile the text, and each is the encoding of its own text.
void expect_sound(const tokens::Tokenizer& tokenizer, const io::Document& document,
                  const std::vector<Segment>& segments, std::size_t row_tokens) {
  std::uint32_t expected_begin = 0;
  for (const Segment& segment : segments) {
    EXPECT_EQ(segment.text_begin, expected_begin);
    EXPECT_GT(segment.text_end, segment.text_begin);
    expected_begin = segment.text_end;
    const auto text =
        std::string_view(document.text).substr(segment.text_begin, segment.text_end - segment.text_begin);
    EXPECT_TRUE(simdjson::validate_utf8(text.data(), text.size()));
    EXPECT_LE(segment.ids.size(), row_tokens);
    EXPECT_EQ(segment.ids.back(), tokens::kEndId);
    const auto body = std::span(segment.ids).subspan(segment.header_tokens);
    EXPECT_EQ(std::vector<tokens::TokenId>(body.begin(), body.end() - 1), tokenizer.encode(text));
  }
  EXPECT_EQ(expected_begin, document.text.size());
}

TEST(SegmenterTest, SegmentsTileTheTextAndHoldItsEncoding) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  for (const bool with_header : {true, false}) {
    const Segmenter segmenter(tokenizer, kRowTokens, with_header);
    for (const io::Document& document : test::sample_corpus(4, 6)) {
      const std::vector<Segment> segments = segmenter.cut(document);
      expect_sound(tokenizer, document, segments, kRowTokens);
      for (const Segment& segment : segments) EXPECT_EQ(segment.header_tokens > 0, with_header);
    }
  }
}

TEST(SegmenterTest, SegmentsNeverCrossALabel) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  const io::Document document =
      test::sample_document("r", "a.ts", test::sample_text(1, 80), {"nestjs", "core"}, 2);
  for (const Segment& segment : Segmenter(tokenizer, 1000, false).cut(document)) {
    for (const io::Chunk& chunk : document.chunks) {
      if (chunk.begin < segment.text_end && chunk.end > segment.text_begin) {
        EXPECT_EQ(chunk.framework, segment.label);
      }
    }
  }
}

TEST(SegmenterTest, ARunThatFitsARowIsOneSegment) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  const io::Document document = test::sample_document("r", "a.ts", test::sample_text(1, 80), {"core"}, 2);
  EXPECT_GT(document.chunks.size(), 10U);
  EXPECT_EQ(Segmenter(tokenizer, 30000, true).cut(document).size(), 1U);
}

TEST(SegmenterTest, LongRunsFillRowsAndEndAtLines) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  constexpr std::size_t kTokens = 1024;
  constexpr std::size_t kSlack = kTokens / 24;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "l" + std::to_string(i) + ";\n";
  const io::Document document = test::sample_document("r", "a.ts", text, {"core"}, 300);
  const std::vector<Segment> segments = Segmenter(tokenizer, kTokens, false).cut(document);
  expect_sound(tokenizer, document, segments, kTokens);
  ASSERT_GT(segments.size(), 5U);
  for (std::size_t i = 0; i + 2 < segments.size(); ++i) {  // the last but one may be cut short
    EXPECT_GE(segments[i].ids.size() + kSlack, kTokens);
    EXPECT_EQ(text[segments[i].text_end - 1], '\n');
  }
}

TEST(SegmenterTest, EndsAtAChunkNearTheEndOfTheRow) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "\n";
  io::Document document = test::sample_document("r", "a.ts", text, {"core"}, 4000);
  const std::size_t first_end = Segmenter(tokenizer, 256, false).cut(document).at(0).text_end;
  const io::Chunk whole = document.chunks.at(0);
  document.chunks = {whole, whole};
  document.chunks[0].end = document.chunks[1].begin = first_end - 2;
  EXPECT_EQ(Segmenter(tokenizer, 256, false).cut(document).at(0).text_end, first_end - 2);
}

TEST(SegmenterTest, NoSmallRests) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  constexpr std::size_t kTokens = 256;
  for (std::size_t lines = 60; lines < 120; ++lines) {
    const io::Document document = test::sample_document("r", "a.ts", test::sample_text(9, lines), {"core"});
    const std::vector<Segment> segments = Segmenter(tokenizer, kTokens, true).cut(document);
    expect_sound(tokenizer, document, segments, kTokens);
    if (segments.size() > 1) {
      EXPECT_GT(segments.back().ids.size() - segments.back().header_tokens, kTokens / 16);
    }
  }
}

TEST(SegmenterTest, ALittleMoreThanARowLeavesAFullRowAndALeastRest) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  constexpr std::size_t kTokens = 256;
  constexpr std::size_t kLeastRest = kTokens / 16;
  constexpr std::size_t kSlack = kTokens / 24;
  int seen = 0;
  for (std::size_t lines = 20; lines < 300; ++lines) {
    std::string text;
    for (std::size_t i = 0; i < lines; ++i) text += "l" + std::to_string(i % 10) + ";\n";
    const std::size_t tokens = tokenizer.count(text);
    if (tokens < kTokens || tokens >= kTokens - 1 + kLeastRest) continue;
    const io::Document document = test::sample_document("r", "a.ts", text, {"core"});
    const std::vector<Segment> segments = Segmenter(tokenizer, kTokens, false).cut(document);
    ASSERT_EQ(segments.size(), 2U);
    EXPECT_GE(segments[0].ids.size() + kLeastRest + kSlack, kTokens);
    EXPECT_GT(segments[1].ids.size(), kLeastRest);
    ++seen;
  }
  EXPECT_GT(seen, 1);
}

TEST(SegmenterTest, AnOversizeChunkIsCutAtCharacterBoundaries) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  std::string text;
  for (int i = 0; i < 200; ++i) text += i % 3 == 0 ? "🙂" : i % 3 == 1 ? "é" : "1";
  for (std::size_t row_tokens = 64; row_tokens < 72; ++row_tokens) {
    const io::Document document = test::sample_document("r", "a.ts", text, {"core"});
    const std::vector<Segment> segments = Segmenter(tokenizer, row_tokens, true).cut(document);
    expect_sound(tokenizer, document, segments, row_tokens);
    EXPECT_GT(segments.size(), 3U);
  }
}

TEST(SegmenterTest, CutInsideADigitGroupEncodesTheRestAnew) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  for (std::size_t length = 60; length < 66; ++length) {
    const io::Document document = test::sample_document(
        "r", "a.ts", std::string(length, 'x') + "12312312312" + std::string(99, 'y'), {"core"});
    expect_sound(tokenizer, document, Segmenter(tokenizer, 64, false).cut(document), 64);
  }
}

TEST(SegmenterTest, EveryHeaderIsThatOfTheFile) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  const io::Document document = test::sample_document(
      "r", "src/app/main.ts", "import x from '@nestjs/common';\n" + test::sample_text(4, 60), {"nestjs"});
  const auto header = tokens::encode_header(tokenizer, tokens::visible_header(document.path, document.text));
  for (const Segment& segment : Segmenter(tokenizer, kRowTokens, true).cut(document)) {
    EXPECT_EQ(std::vector<tokens::TokenId>(segment.ids.begin(), segment.ids.begin() + segment.header_tokens),
              header);
  }
}

TEST(SegmenterTest, EmptyTextHasNoSegments) {
  const tokens::Tokenizer tokenizer = test::sample_tokenizer();
  EXPECT_TRUE(Segmenter(tokenizer, 64, true).cut(test::sample_document("r", "a.ts", "", {"core"})).empty());
}

}  // namespace
}  // namespace palimpsest::shard
