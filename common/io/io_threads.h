// Threads that wait for the network. oneTBB has no more threads than the machine has cores, which are too few
// when each sleeps until its answer comes.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace palimpsest::io {

class IoThreads {
 public:
  explicit IoThreads(std::size_t threads);
  /// Drops what has not begun and waits for what has.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  /// Runs `work` on one of the threads, in the order of calls. It must not throw.
  void run(std::function<void()> work);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// Calls `work(i)` for each i below `count` on that many threads, or on this one when `threads` is 1. Throws
/// what the lowest i threw.
void for_each_index(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace palimpsest::io
