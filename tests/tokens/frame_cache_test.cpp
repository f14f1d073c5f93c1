#include "common/tokens/frame_cache.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kFrameIds = 100;
constexpr std::size_t kFrameSize = kFrameIds * sizeof(TokenId);

FrameCache::Load frame_of(TokenId id) {
  return [id] { return std::vector<TokenId>(kFrameIds, id); };
}

FrameCache::Load must_not_load() {
  return []() -> std::vector<TokenId> { throw std::logic_error("loaded again"); };
}

TEST(FrameCacheTest, KeepsTheMostRecentlyUsedWithinItsBytes) {
  FrameCache cache(2 * kFrameSize);
  cache.get(1, frame_of(1));
  cache.prefetch(2, frame_of(2));
  cache.get(1, must_not_load());
  cache.get(3, frame_of(3));
  EXPECT_EQ(cache.bytes(), 2 * kFrameSize);
  EXPECT_EQ(cache.get(1, must_not_load())->front(), 1);
  EXPECT_EQ(cache.get(3, must_not_load())->front(), 3);
  EXPECT_THROW(cache.get(2, must_not_load()), std::logic_error);
}

TEST(FrameCacheTest, AFrameLargerThanTheCacheIsHandedOutAndNotKept) {
  FrameCache cache(kFrameSize - 1);
  EXPECT_EQ(cache.get(1, frame_of(7))->front(), 7);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(FrameCacheTest, AFailedLoadIsTriedAgain) {
  FrameCache cache(kFrameSize);
  EXPECT_THROW(cache.get(1, must_not_load()), std::logic_error);
  EXPECT_THROW(cache.prefetch(1, must_not_load()), std::logic_error);
  EXPECT_EQ(cache.get(1, frame_of(5))->front(), 5);
}

TEST(FrameCacheTest, ThreadsLoadAFrameOnce) {
  constexpr int kKeys = 20;
  FrameCache cache(kKeys * kFrameSize);
  std::atomic<int> loads{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 400; ++i) {
        const auto key = static_cast<TokenId>((i + t) % kKeys);
        const FrameCache::Load load = [&loads, key] {
          ++loads;
          return std::vector<TokenId>(kFrameIds, key);
        };
        if (i % 3 == 0) cache.prefetch(key, load);
        wrong += cache.get(key, load)->back() == key ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(loads, kKeys);
}

}  // namespace
}  // namespace palimpsest::tokens
