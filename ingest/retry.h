// Another try, later, for what may work then: a busy server, a lost connection.
#pragma once

#include <functional>

#include "common/base/child_process.h"
#include "common/io/retry_policy.h"

namespace palimpsest::ingest {

/// A failure that may go away by itself. Never a refused login, a missing thing, or a limit of ours.
using io::TransientError;

struct RetryPolicy {
  int retries = 3;            ///< after the first attempt
  int first_delay_ms = 1000;  ///< doubles each time
  base::Deadline deadline;    ///< no new attempt after it
};

/// Runs `attempt` until it returns, at most 1 + retries times. Throws its last TransientError, any other
/// error at once, Interrupted while it waits.
void with_retries(const RetryPolicy& policy, const std::function<void()>& attempt);

/// True when the message of a network client (git, ssh, npm; English) names a failure that may go away.
bool is_transient_failure(const std::string& message);

}  // namespace palimpsest::ingest
