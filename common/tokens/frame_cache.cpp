#include "common/tokens/frame_cache.h"

#include <utility>

namespace palimpsest::tokens {

FrameCache::Frame FrameCache::get(std::uint64_t key, const Load& load) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return load_unlocked(lock, key, load);
    if (found->second.frame) {
      order_.splice(order_.begin(), order_, found->second.place);
      return found->second.frame;
    }
    loaded_.wait(lock);  // if that load fails, this thread tries itself and gets its own error
  }
}

void FrameCache::prefetch(std::uint64_t key, const Load& load) {
  std::unique_lock lock(mutex_);
  if (!entries_.contains(key)) load_unlocked(lock, key, load);
}

std::size_t FrameCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

FrameCache::Frame FrameCache::load_unlocked(std::unique_lock<std::mutex>& lock, std::uint64_t key,
                                            const Load& load) {
  entries_.emplace(key, Entry{});
  lock.unlock();
  Frame frame;
  try {
    frame = std::make_shared<const std::vector<TokenId>>(load());
  } catch (...) {
    lock.lock();
    entries_.erase(key);
    loaded_.notify_all();
    throw;
  }
  lock.lock();
  order_.push_front(key);
  entries_[key] = {frame, order_.begin()};
  bytes_ += frame->size() * sizeof(TokenId);
  evict();
  loaded_.notify_all();
  return frame;
}

void FrameCache::evict() {
  while (bytes_ > capacity_) {
    const auto oldest = entries_.find(order_.back());
    bytes_ -= oldest->second.frame->size() * sizeof(TokenId);
    entries_.erase(oldest);
    order_.pop_back();
  }
}

}  // namespace palimpsest::tokens
