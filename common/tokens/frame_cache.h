// Decompressed frames kept in memory, the most recently used ones, up to a number of bytes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

/// Thread-safe. Memory is at most `capacity` and one frame per thread that loads or still holds one.
class FrameCache {
 public:
  using Frame = std::shared_ptr<const std::vector<TokenId>>;
  using Load = std::function<std::vector<TokenId>()>;

  /// `capacity` in bytes of ids.
  explicit FrameCache(std::size_t capacity) : capacity_(capacity) {}

  /// The frame of that key, loaded if it is not there. A frame is loaded by one thread at a time; others that
  /// want it wait. What `load` throws reaches its caller and leaves no trace in the cache.
  Frame get(std::uint64_t key, const Load& load);

  /// Loads the frame unless it is there or on its way. Throws what `load` throws.
  void prefetch(std::uint64_t key, const Load& load);

  std::size_t capacity() const { return capacity_; }
  std::size_t bytes() const;  ///< in use now

 private:
  struct Entry {
    Frame frame;  ///< null while it is being loaded
    std::list<std::uint64_t>::iterator place;
  };

  Frame load_unlocked(std::unique_lock<std::mutex>& lock, std::uint64_t key, const Load& load);
  void evict();

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable loaded_;
  std::list<std::uint64_t> order_;  ///< most recently used first
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace palimpsest::tokens
