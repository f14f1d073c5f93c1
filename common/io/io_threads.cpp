#include "common/io/io_threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

namespace palimpsest::io {

IoThreads::IoThreads(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

IoThreads::~IoThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void IoThreads::run(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void IoThreads::work() {
  for (;;) {
    std::function<void()> next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    next();
  }
}

void for_each_index(std::size_t threads, std::size_t count, const std::function<void(std::size_t)>& work) {
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::vector<std::exception_ptr> failures(count);
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < std::min(threads, count); ++t) {
    workers.emplace_back([&] {
      while (!failed) {
        const std::size_t i = next++;  // all lower ones are taken, and whoever took one tries it
        if (i >= count) return;
        try {
          work(i);
        } catch (...) {
          failures[i] = std::current_exception();
          failed = true;
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace palimpsest::io
