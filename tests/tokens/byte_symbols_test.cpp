#include "common/tokens/byte_symbols.h"

#include <set>

#include <gtest/gtest.h>

namespace palimpsest::tokens {
namespace {

TEST(ByteSymbolsTest, KnownSymbols) {
  EXPECT_EQ(to_symbols(" "), "Ġ");
  EXPECT_EQ(to_symbols("\n"), "Ċ");
  EXPECT_EQ(to_symbols("a!"), "a!");
  EXPECT_EQ(to_symbols("é"), "Ã©");
}

TEST(ByteSymbolsTest, EveryByteComesBack) {
  std::set<std::string> seen;
  for (unsigned byte = 0; byte < kByteCount; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    EXPECT_EQ(from_symbols(to_symbols(bytes)), bytes);
    EXPECT_TRUE(seen.insert(to_symbols(bytes)).second);
  }
}

TEST(ByteSymbolsTest, OtherCharactersAreRefused) {
  EXPECT_EQ(from_symbols(" "), std::nullopt);
  EXPECT_EQ(from_symbols("日"), std::nullopt);
  EXPECT_EQ(from_symbols("\xc4"), std::nullopt);
  EXPECT_EQ(from_symbols("ſ"), std::nullopt);
}

TEST(ByteSymbolsTest, OrderIsThatOfTheSymbols) {
  const auto bytes = bytes_by_symbol();
  EXPECT_EQ(bytes.front(), '!');
  for (std::size_t i = 1; i < kByteCount; ++i) EXPECT_LT(byte_symbol(bytes[i - 1]), byte_symbol(bytes[i]));
}

}  // namespace
}  // namespace palimpsest::tokens
