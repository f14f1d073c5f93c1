#include "tokenize/encode_command.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "tests/support/sample_documents.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::tokenize {
namespace {

/// A temporary file that begins with `content`.
io::FileHandle file_with(const std::string& content) {
  io::FileHandle file(std::tmpfile());
  std::fwrite(content.data(), 1, content.size(), file.get());
  std::rewind(file.get());
  return file;
}

std::string content_of(const io::FileHandle& file) {
  std::rewind(file.get());
  std::string content;
  for (int c = std::fgetc(file.get()); c != EOF; c = std::fgetc(file.get())) content += static_cast<char>(c);
  return content;
}

std::string encode(const std::string& text, bool lines = false) {
  const io::FileHandle input = file_with(text);
  const io::FileHandle output = file_with("");
  encode_stream(test::sample_tokenizer(), lines, input.get(), output.get());
  return content_of(output);
}

std::string decode(const std::string& ids) {
  const io::FileHandle input = file_with(ids);
  const io::FileHandle output = file_with("");
  decode_stream(test::sample_tokenizer(), input.get(), output.get());
  return content_of(output);
}

TEST(EncodeCommandTest, DecodeUndoesEncode) {
  const std::string text = test::sample_text(3, 100);
  EXPECT_EQ(decode(encode(text)), text);
  EXPECT_EQ(decode(encode("")), "");
}

TEST(EncodeCommandTest, LinesAreEncodedAlone) {
  const std::string ids = encode("ab\n\nabc", true);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), '\n'), 3);
  EXPECT_EQ(decode(ids), "ababc");
  EXPECT_EQ(encode("", true), "");
}

TEST(EncodeCommandTest, DecodeNamesBadLines) {
  for (const char* bad : {"[1", "[99999]", "[-1]", "[1.5]", "[\"a\"]", "[70000]", "\"ab\""}) {
    try {
      decode("[9]\n" + std::string(bad));
      ADD_FAILURE() << bad;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
      EXPECT_NE(std::string(error.what()).find("stdin:2"), std::string::npos) << error.what();
    }
  }
}

TEST(EncodeCommandTest, RefusesBrokenTextAndMissingTokenizer) {
  EXPECT_THROW(encode("\xff"), base::Error);
  EXPECT_THROW(load_tokenizer(""), base::Error);
  EXPECT_THROW(load_tokenizer("/nonexistent"), base::Error);
}

}  // namespace
}  // namespace palimpsest::tokenize
