#include "common/io/retry_policy.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <string>

#include <spdlog/spdlog.h>

#include "common/base/random.h"
#include "common/base/signals.h"

namespace palimpsest::io {
namespace {

void sleep_seconds(double seconds) {
  using Clock = std::chrono::steady_clock;
  base::sleep_until(Clock::now() +
                    std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)));
}

}  // namespace

RetryPolicy::RetryPolicy(int attempts, double first_delay_seconds, std::uint64_t jitter_seed)
    : attempts_(attempts),
      first_delay_seconds_(first_delay_seconds),
      jitter_seed_(jitter_seed != 0 ? jitter_seed : std::random_device()()) {}

double RetryPolicy::delay_seconds(std::uint64_t key, int attempt, double retry_after_seconds) const {
  const double delay = std::min(std::ldexp(first_delay_seconds_, attempt), kLongestDelaySeconds);
  base::Random random({jitter_seed_, key, static_cast<std::uint64_t>(attempt)});
  const double jittered = delay * (0.5 + random.uniform() / 2);
  return std::max(jittered, std::min(retry_after_seconds, kLongestWaitSeconds));
}

void RetryPolicy::run(std::uint64_t key, const std::function<void()>& work) const {
  for (int attempt = 0;; ++attempt) {
    base::throw_if_stopped();
    double delay = 0;
    try {
      work();
      return;
    } catch (const TransientError& error) {
      if (attempt + 1 >= attempts_) {
        throw base::Error(error.code(), std::string(error.what()) + " (after " + std::to_string(attempt + 1) +
                                            (attempt == 0 ? " try)" : " tries)"));
      }
      delay = delay_seconds(key, attempt, error.retry_after_seconds);
      spdlog::warn("{}; trying again in {:.1f} s", error.what(), delay);
    }
    sleep_seconds(delay);
  }
}

}  // namespace palimpsest::io
