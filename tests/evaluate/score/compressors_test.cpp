#include "evaluate/score/compressors.h"

#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::evaluate {
namespace {

std::string noise(std::size_t bytes, std::uint64_t seed) {
  base::Random random{seed};
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text.push_back(static_cast<char>(random.below(256)));
  return text;
}

TEST(CompressorsTest, WhatIsKnownCostsNextToNothing) {
  const std::string known = noise(400000, 1);
  const std::string text = known.substr(1000, 5000);  // far back
  EXPECT_GT(ZstdCoder({}).compressed_bytes(text), 5000U);
  EXPECT_LT(ZstdCoder(known).compressed_bytes(text), 100U);
  EXPECT_GT(xz_bytes(text), 5000U);
  EXPECT_LT(xz_bytes_after(known, {text}).at(0), 100U);
}

TEST(CompressorsTest, PartsOfAStreamCostAboutTheWhole) {
  const std::string known = noise(10000, 1);
  const std::string a = noise(3000, 2);
  const std::string b = noise(2000, 3);
  const auto parts = xz_bytes_after(known, {a, b, a});
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_NEAR(static_cast<double>(parts[0]), 3000, 60);
  EXPECT_NEAR(static_cast<double>(parts[1]), 2000, 60);
  EXPECT_LT(parts[2], 100U) << "earlier documents may be copied from";
}

TEST(CompressorsTest, EmptyTextAndACoderUsedTwice) {
  ZstdCoder coder({});
  EXPECT_LT(coder.compressed_bytes(""), 20U);
  const std::size_t first = coder.compressed_bytes("const a = 1;\nconst b = 2;\n");
  EXPECT_EQ(coder.compressed_bytes("const a = 1;\nconst b = 2;\n"), first);
  EXPECT_LT(xz_bytes(""), 5U);
}

}  // namespace
}  // namespace palimpsest::evaluate
