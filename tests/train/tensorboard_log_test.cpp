#include "train/tensorboard_log.h"

#include <string>

#include <gtest/gtest.h>

namespace palimpsest::train {
namespace {

std::string hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

TEST(TensorboardLogTest, ChecksumsAreThoseOfRfc3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(""), 0U);
}

// Written by the classes of PyPI's tensorboard 2.21.0.
TEST(TensorboardLogTest, AnEventHasTheBytesThatTensorboardWrites) {
  const io::Json line = {{"kind", "step"},     {"step", 300},
                         {"stage", "general"}, {"nelbo", 1.5},
                         {"total", nullptr},   {"routers", {{{"layer", 1}, {"load", {nullptr, 0.25}}}}}};
  EXPECT_EQ(
      hex(event_record(line)),
      "4500000000000000ebe668b0090000000000c0724010ac022a370a110a0a737465702f6e656c626f150000c03f0a220a1b"
      "737465702f726f75746572732f6c617965722d312f6c6f61642f31150000803e6116d248");
}

TEST(TensorboardLogTest, ANumberThatNoPlotShowsIsLeftOut) {
  const io::Json line = {{"kind", "step"}, {"step", 1}};
  io::Json infinite = line;
  infinite["nelbo"] = 1e300;  // not finite as float32
  EXPECT_EQ(event_record(infinite), event_record(line));
}

}  // namespace
}  // namespace palimpsest::train
