#include "common/io/block_cache.h"

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().filename() != ".lock") files.push_back(entry.path());
  }
  return files;
}

std::uint64_t bytes_in(const fs::path& directory) {
  std::uint64_t bytes = 0;
  for (const fs::path& file : files_in(directory)) bytes += fs::file_size(file);
  return bytes;
}

TEST(BlockCacheTest, KeepsBlocksForOtherProcesses) {
  const test::TemporaryDirectory directory;
  const std::string content("a\0b\n", 4);
  BlockCache(directory.path(), 1 << 20).put("key", content);
  BlockCache(directory.path(), 1 << 20).put("empty", "");
  const BlockCache cache(directory.path(), 1 << 20);
  std::string found;
  EXPECT_TRUE(cache.get("key", found));
  EXPECT_EQ(found, content);
  EXPECT_TRUE(cache.get("empty", found));
  EXPECT_EQ(found, "");
  EXPECT_FALSE(cache.get("other", found));
  cache.remove("key");
  EXPECT_FALSE(cache.get("key", found));
}

TEST(BlockCacheTest, EveryFlippedBitAndEveryLengthIsAMiss) {
  const test::TemporaryDirectory directory;
  BlockCache cache(directory.path(), 1 << 20);
  cache.put("key", "content");
  const fs::path file = files_in(directory.path()).at(0);
  const std::string good = read_file(file);
  std::string found;
  const auto expect_miss = [&](const std::string& bad) {
    std::ofstream(file, std::ios::binary) << bad;
    EXPECT_FALSE(cache.get("key", found));
    EXPECT_FALSE(fs::exists(file));
  };
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    expect_miss(bad);
  }
  for (std::size_t size = 0; size < good.size(); ++size) expect_miss(good.substr(0, size));
  expect_miss(good + "x");
  write_file_atomically(file, good);
  EXPECT_TRUE(cache.get("key", found));
}

TEST(BlockCacheTest, TheLeastRecentlyUsedGoFirst) {
  const test::TemporaryDirectory directory;
  constexpr std::uint64_t kCapacity = 20000;
  BlockCache cache(directory.path(), kCapacity);
  const std::string block(1000, 'x');
  std::string found;
  for (int i = 0; i < 100; ++i) {
    cache.put("block " + std::to_string(i), block);
    EXPECT_TRUE(cache.get("block 0", found)) << i;
    EXPECT_LE(bytes_in(directory.path()), kCapacity + kCapacity / 8);
  }
  EXPECT_TRUE(cache.get("block 99", found));
  EXPECT_FALSE(cache.get("block 50", found));
  cache.put("too large", std::string(kCapacity, 'x'));
  EXPECT_FALSE(cache.get("too large", found));
}

TEST(BlockCacheTest, ManyThreadsAndCachesOfOneDirectory) {
  const test::TemporaryDirectory directory;
  constexpr std::uint64_t kCapacity = 30000;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      BlockCache cache(directory.path(), kCapacity);
      std::string found;
      for (int i = 0; i < 200; ++i) {
        const std::string key = std::to_string(i % 40);
        const std::string content(1000, static_cast<char>('a' + i % 20));
        if (!cache.get(key, found)) {
          cache.put(key, content);
        } else if (found != content) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(bytes_in(directory.path()), kCapacity + 4 * kCapacity / 8);
}

TEST(BlockCacheTest, OtherFilesInTheDirectoryStay) {
  const test::TemporaryDirectory directory;
  write_file_atomically(directory.path() / "mine", std::string(50000, 'x'));
  make_directories(directory.path() / "folder");
  write_file_atomically(directory.path() / "folder/mine", std::string(50000, 'x'));
  BlockCache cache(directory.path(), 2000);
  for (int i = 0; i < 20; ++i) cache.put(std::to_string(i), std::string(500, 'x'));
  EXPECT_TRUE(fs::exists(directory.path() / "mine"));
  EXPECT_TRUE(fs::exists(directory.path() / "folder/mine"));
}

TEST(BlockCacheTest, ADirectoryThatCannotBeMadeIsTheEnvironment) {
  const test::TemporaryDirectory directory;
  write_file_atomically(directory.path() / "file", "");
  EXPECT_THROW(BlockCache(directory.path() / "file", 1), base::Error);
}

}  // namespace
}  // namespace palimpsest::io
