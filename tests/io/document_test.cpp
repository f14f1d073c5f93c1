#include "common/io/document.h"

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::io {
namespace {

Document sample() {
  return {.id = "00ff",
          .source = {"npm", "@scope/name", "1.2.3"},
          .repo = "@scope/name",
          .path = "src/ä.ts",
          .blob = "beef",
          .language = "typescript",
          .license = {"MIT", "package"},
          .framework = {"nestjs", 0.75, {"imports @nestjs/common"}, "nestjs"},
          .text = "const a = \"\u2028\\n\";\n\tfoo();\n",
          .chunks = {{0, 20, "lexical_declaration", "", "nestjs"},
                     {20, 28, "expression_statement", "f.g", "nestjs"}}};
}

TEST(DocumentTest, RoundTrip) {
  Document document = sample();
  document.chunks[1].end = document.text.size();
  const std::string line = to_json_line(document);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Document read = parse_document(line, "x:1");
  EXPECT_EQ(to_json_line(read), line);
  EXPECT_EQ(read.text, document.text);
  EXPECT_EQ(read.chunks.size(), 2U);
  EXPECT_DOUBLE_EQ(read.framework.confidence, 0.75);
}

TEST(DocumentTest, ChunksMustTileTheText) {
  const std::vector<std::vector<Chunk>> bad = {{},
                                               {{0, 5, "", "", ""}},
                                               {{1, 28, "", "", ""}},
                                               {{0, 10, "", "", ""}, {11, 28, "", "", ""}},
                                               {{0, 10, "", "", ""}, {9, 28, "", "", ""}},
                                               {{0, 0, "", "", ""}, {0, 28, "", "", ""}},
                                               {{0, 99, "", "", ""}}};
  for (const std::vector<Chunk>& chunks : bad) {
    Document document = sample();
    document.chunks = chunks;
    EXPECT_THROW(parse_document(to_json_line(document), "x:1"), base::Error);
  }
}

TEST(DocumentTest, DamagedLinesAreErrorsThatNameTheLine) {
  Document document = sample();
  document.chunks[1].end = document.text.size();
  const std::string line = to_json_line(document);
  for (std::size_t size = 0; size < line.size(); ++size) {
    try {
      parse_document(line.substr(0, size), "part:7");
      FAIL() << size;
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find("part:7"), std::string::npos);
    }
  }
  for (const char* text : {"[]", "null", "3", "{}", R"({"id":3})", R"({"id":"a","source":[]})"}) {
    EXPECT_THROW(parse_document(text, "part:7"), base::Error) << text;
  }
}

TEST(DocumentTest, TextThatIsNotUtf8IsABug) {
  Document document = sample();
  document.text = "\xff\xfe";
  EXPECT_THROW(to_json_line(document), base::Error);
}

}  // namespace
}  // namespace palimpsest::io
