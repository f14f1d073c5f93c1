// Progress of long work: a live line with rate and ETA on a terminal, a log line every half minute elsewhere.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace palimpsest::base {

/// Thread-safe. Clears its line when destroyed.
class Progress {
 public:
  /// total: expected amount in `unit`s, 0 when unknown. Example: Progress("parse", files.size(), "files").
  Progress(std::string what, std::uint64_t total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(std::uint64_t amount = 1);

  /// Extra text behind the numbers, e.g. the loss.
  void set_note(std::string note);

 private:
  using Clock = std::chrono::steady_clock;
  std::string line(std::uint64_t done, double seconds) const;

  std::string what_;
  std::uint64_t total_;
  std::string unit_;
  std::string note_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  std::atomic<std::int64_t> next_print_ns_;
  std::atomic<std::uint64_t> done_{0};
  std::mutex mutex_;
};

/// "1h 02m", "3m 05s", "4.2s".
std::string format_duration(double seconds);

/// "512 B", "5.9 MB" (powers of 1000).
std::string format_bytes(std::uint64_t bytes);

}  // namespace palimpsest::base
