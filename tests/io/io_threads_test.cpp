#include "common/io/io_threads.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace palimpsest::io {
namespace {

using namespace std::chrono_literals;

TEST(IoThreadsTest, RunsWorkAtTheSameTime) {
  std::atomic<int> arrived{0};
  IoThreads threads(8);
  for (int i = 0; i < 8; ++i) {
    threads.run([&] {  // ends only if all eight are under way
      ++arrived;
      while (arrived < 8) std::this_thread::sleep_for(1ms);
    });
  }
  while (arrived < 8) std::this_thread::sleep_for(1ms);
}

TEST(IoThreadsTest, TheDestructorDropsWhatHasNotBegun) {
  std::atomic<bool> begun{false};
  std::atomic<int> done{0};
  {
    IoThreads threads(1);
    threads.run([&] {
      begun = true;
      std::this_thread::sleep_for(20ms);
      ++done;
    });
    while (!begun) std::this_thread::sleep_for(1ms);
    for (int i = 0; i < 100; ++i) threads.run([&] { ++done; });
  }
  EXPECT_EQ(done, 1);
}

TEST(ForEachIndexTest, CallsEachIndexOnce) {
  for (const std::size_t threads : {1, 3, 50}) {
    std::vector<std::atomic<int>> calls(20);
    for_each_index(threads, calls.size(), [&](std::size_t i) { ++calls[i]; });
    for (const std::atomic<int>& count : calls) EXPECT_EQ(count, 1);
  }
  for_each_index(4, 0, [](std::size_t) { FAIL(); });
}

TEST(ForEachIndexTest, ThrowsWhatTheLowestIndexThrew) {
  for (int round = 0; round < 50; ++round) {
    try {
      for_each_index(4, 20, [](std::size_t i) {
        if (i >= 3) throw std::runtime_error(std::to_string(i));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
  }
}

}  // namespace
}  // namespace palimpsest::io
