// The seccomp filter of the sandbox: one process with threads, files and pipes, and nothing else.
#pragma once

#include <string>

namespace palimpsest::bench {

/// A classic BPF program as `bwrap --seccomp` takes it, made by libseccomp for this machine's architecture.
/// It denies new processes (threads are allowed), sockets, shared memory that no resource limit counts, and
/// calls that only administrators and debuggers need. Throws Error{kEnvironment}.
std::string system_call_filter();

}  // namespace palimpsest::bench
