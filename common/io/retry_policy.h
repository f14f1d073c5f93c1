// Trying again what may work the next time: exponential back-off with jitter.
#pragma once

#include <cstdint>
#include <functional>

#include "common/base/error.h"

namespace palimpsest::io {

/// A failure that may be gone at the next try.
class TransientError : public base::Error {
 public:
  using Error::Error;
  double retry_after_seconds = 0;  ///< what the server asked for
};

/// Immutable and thread-safe.
class RetryPolicy {
 public:
  /// Between the tries n and n + 1 pass `first_delay_seconds` * 2^n, at most kLongestDelay, times a jitter in
  /// [1/2, 1) that spreads many clients; longer when the server asks for it, but at most kLongestWait.
  RetryPolicy(int attempts, double first_delay_seconds, std::uint64_t jitter_seed);

  static constexpr double kLongestDelaySeconds = 10;
  static constexpr double kLongestWaitSeconds = 60;

  /// Calls `work` until it does not throw TransientError. Other errors pass; the last TransientError becomes
  /// an Error of its code that names the number of tries. `key` tells one use from another for the jitter.
  /// Throws Interrupted soon after a signal.
  void run(std::uint64_t key, const std::function<void()>& work) const;

  /// Seconds to wait after try number `attempt`, counted from 0.
  double delay_seconds(std::uint64_t key, int attempt, double retry_after_seconds = 0) const;

 private:
  int attempts_;
  double first_delay_seconds_;
  std::uint64_t jitter_seed_;
};

}  // namespace palimpsest::io
