#include "ingest/text_encoding.h"

#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

using namespace std::string_literals;

TEST(TextEncoding, ConvertsBothByteOrders) {
  const std::string little =
      "\xFF\xFE"
      "a\0\xFC\0\n\0\x3D\xD8\x00\xDE"s;
  const std::string big =
      "\xFE\xFF"
      "\0a\0\xFC\0\n\xD8\x3D\xDE\x00"s;
  EXPECT_STREQ(utf16_name(little), "utf-16le");
  EXPECT_STREQ(utf16_name(big), "utf-16be");
  for (const std::string& bytes : {little, big}) EXPECT_EQ(utf16_to_utf8(bytes), "aü\n😀");
  EXPECT_EQ(utf16_to_utf8("\xFF\xFE"), "");
}

TEST(TextEncoding, KnowsOtherTextsByTheirBeginning) {
  EXPECT_EQ(utf16_name(""), nullptr);
  EXPECT_EQ(utf16_name("export {}"), nullptr);
  EXPECT_EQ(utf16_name("\xEF\xBB\xBF"
                       "export {}"),
            nullptr);
}

TEST(TextEncoding, RefusesDamagedText) {
  EXPECT_EQ(utf16_to_utf8("\xFF\xFE"
                          "a"s),
            std::nullopt)
      << "half a unit";
  EXPECT_EQ(utf16_to_utf8("\xFF\xFE\x3D\xD8"s), std::nullopt) << "half a pair at the end";
  EXPECT_EQ(utf16_to_utf8("\xFF\xFE\x3D\xD8"
                          "a\0"s),
            std::nullopt)
      << "half a pair";
  EXPECT_EQ(utf16_to_utf8("\xFF\xFE\x00\xDE"
                          "a\0"s),
            std::nullopt)
      << "the wrong half first";
}

TEST(TextEncoding, LongTextsFit) {
  std::string bytes = "\xFF\xFE";
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    bytes += "\xE5\x65"s;  // 日
    expected += "日";
  }
  EXPECT_EQ(utf16_to_utf8(bytes), expected);
}

}  // namespace
}  // namespace palimpsest::ingest
