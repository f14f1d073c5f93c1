#include "common/io/zstd.h"

#include <vector>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::io {
namespace {

class ZstdTest : public testing::Test {
 protected:
  void write(const std::vector<std::string>& lines) {
    ZstdWriter writer(path_);
    for (const std::string& line : lines) writer.write(line + "\n");
    writer.finish();
  }

  std::vector<std::string> read() {
    ZstdLineReader reader(path_);
    std::vector<std::string> lines;
    for (std::string line; reader.next(line);) lines.push_back(line);
    return lines;
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "x.zst";
};

TEST_F(ZstdTest, LinesOfAnyLengthComeBack) {
  std::vector<std::string> lines = {"", "a", std::string(1'000'000, 'b'), ""};
  base::Random random{1};
  std::string noise;
  for (int i = 0; i < 700'000; ++i) noise += static_cast<char>('A' + random.below(26));
  lines.push_back(noise);  // hardly compressible: crosses many buffers
  for (int i = 0; i < 2000; ++i) lines.push_back("line " + std::to_string(i));
  write(lines);
  EXPECT_EQ(read(), lines);
}

TEST_F(ZstdTest, EmptyFileAndMissingLastNewline) {
  write({});
  EXPECT_TRUE(read().empty());
  ZstdWriter writer(path_);
  writer.write("first\nlast");
  writer.finish();
  EXPECT_EQ(read(), (std::vector<std::string>{"first", "last"}));
}

TEST_F(ZstdTest, EveryTruncationIsAnError) {
  write({"some", "text", "that is long enough", "to be compressed, compressed, compressed"});
  const std::string content = read_file(path_);
  for (std::size_t size = 1; size < content.size(); ++size) {
    write_file_atomically(path_, content.substr(0, size));
    EXPECT_THROW(read(), base::Error) << size << " bytes";
  }
}

TEST_F(ZstdTest, EveryFlippedBitIsAnErrorOrChangesNothing) {
  const std::vector<std::string> lines = {"some", "text", "to be compressed, compressed, compressed"};
  write(lines);
  const std::string content = read_file(path_);
  for (std::size_t bit = 0; bit < 8 * content.size(); ++bit) {
    std::string flipped = content;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    write_file_atomically(path_, flipped);
    try {
      EXPECT_EQ(read(), lines) << "bit " << bit;  // an unused header bit
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
    }
  }
}

TEST_F(ZstdTest, MissingFileIsAnEnvironmentError) {
  try {
    ZstdLineReader reader(path_);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kEnvironment);
  }
}

}  // namespace
}  // namespace palimpsest::io
