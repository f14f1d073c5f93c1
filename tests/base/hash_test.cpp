#include "common/base/hash.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::base {
namespace {

TEST(HashTest, KnownDigests) {
  // FIPS 180-4 example and the published XXH3 values of the empty input.
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2ULL);
  EXPECT_EQ(hash128_hex(""), "99aa06d3014798d86001c324468d497f");
}

TEST(HashTest, FileAndPiecesGiveTheSameDigest) {
  const test::TemporaryDirectory directory;
  const std::string content(3'000'000, 'x');
  io::write_file_atomically(directory.path() / "f", content);
  Sha256 pieces;
  pieces.update(std::string_view(content).substr(0, 7));
  pieces.update(std::string_view(content).substr(7));
  const std::string expected = sha256_hex(content);
  EXPECT_EQ(sha256_file_hex(directory.path() / "f"), expected);
  EXPECT_EQ(pieces.hex(), expected);
  EXPECT_THROW(sha256_file_hex(directory.path() / "missing"), Error);
}

}  // namespace
}  // namespace palimpsest::base
