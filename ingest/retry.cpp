#include "ingest/retry.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <spdlog/spdlog.h>

#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

// A login or a missing repository never gets better by itself, so these win over the list below: git ends
// most messages with a general "the remote end hung up".
constexpr std::array kFinal = {"Authentication failed",
                               "could not read Username",
                               "could not read Password",
                               "terminal prompts disabled",
                               "Permission denied",
                               "Host key verification",
                               "not found",
                               "does not exist",
                               "not appear to be a git",
                               "access denied",
                               "not exported",
                               "error: 401",
                               "error: 403",
                               "error: 404",
                               "couldn't find remote ref",
                               "E401",
                               "E403",
                               "E404",
                               "ETARGET",
                               "EINTEGRITY"};
constexpr std::array kTransient = {"Could not resolve host",
                                   "Temporary failure",
                                   "timed out",
                                   "Connection refused",
                                   "Connection reset",
                                   "Connection closed",
                                   "early EOF",
                                   "unexpected disconnect",
                                   "hung up unexpectedly",
                                   "RPC failed",
                                   "Empty reply",
                                   "returned error: 5",
                                   "returned error: 429",
                                   "Broken pipe",
                                   "unable to connect",
                                   "transfer closed",
                                   "ECONNRESET",
                                   "ECONNREFUSED",
                                   "ETIMEDOUT",
                                   "EAI_AGAIN",
                                   "ENOTFOUND",
                                   "E429",
                                   "E500",
                                   "E502",
                                   "E503",
                                   "E504",
                                   "socket hang up",
                                   "bad pack header"};

template <typename Patterns>
bool holds_any(std::string_view text, const Patterns& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const char* pattern) { return text.find(pattern) != std::string_view::npos; });
}

}  // namespace

void with_retries(const RetryPolicy& policy, const std::function<void()>& attempt) {
  std::chrono::milliseconds delay(policy.first_delay_ms);
  for (int left = policy.retries;; --left) {
    try {
      return attempt();
    } catch (const TransientError& error) {
      const base::Deadline next = std::chrono::steady_clock::now() + delay;
      if (left <= 0 || next >= policy.deadline) throw;
      spdlog::warn("{}; trying again in {} ms", error.what(), delay.count());
      base::sleep_until(next);
      delay *= 2;
    }
  }
}

bool is_transient_failure(const std::string& message) {
  return !holds_any(message, kFinal) && holds_any(message, kTransient);
}

}  // namespace palimpsest::ingest
