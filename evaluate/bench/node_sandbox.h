// Runs tests of generated code in Node, in a process that can do nothing but compute.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::bench {

struct SandboxLimits {
  int wall_s = 10;
  std::uint64_t cpu_s = 10;
  std::uint64_t memory_bytes = 1ULL << 30;  ///< heap and threads' stacks (RLIMIT_DATA)
  std::uint64_t file_bytes = 16U << 20;     ///< of each file, and of its temp folder in all
  std::uint64_t output_bytes = 1U << 20;    ///< of stdout and stderr together
};

enum class RunLanguage { kJavaScript, kTypeScript };

enum class RunOutcome {
  kPassed,
  kFailed,   ///< an exception, an exit before the end, or a syntax error
  kTimeout,  ///< wall clock
  kOutput,   ///< wrote too much
  kKilled,   ///< by a signal: CPU time, memory or file size
};

const char* name_of(RunOutcome outcome);

struct RunResult {
  RunOutcome outcome = RunOutcome::kFailed;
  std::string errors;  ///< the last of its stderr
};

/// Layers: bubblewrap (own user, mount, network, process, IPC and host name spaces; a read-only root with the
/// system's libraries and Node alone; a bounded temp folder in memory; no environment; nobody in place of
/// root), a seccomp filter (system_call_filter.h), resource limits, and Node's own permission flags where it
/// has them. A run leaves nothing behind: its files are in memory, its processes die with their name space
/// before run() returns. Orphans of this process's children become its own (PR_SET_CHILD_SUBREAPER).
class NodeSandbox {
 public:
  /// Tries the sandbox with a program that attempts what must be impossible. Throws Error{kEnvironment} when
  /// bubblewrap or Node is missing, the kernel does not allow it, or a layer does not hold: nothing is ever
  /// run unprotected.
  explicit NodeSandbox(const SandboxLimits& limits = {});

  /// Runs the program as a CommonJS module; it passes if it reaches its end and exits with 0. TypeScript is
  /// transpiled inside, types unchecked. Thread-safe. Throws Interrupted.
  RunResult run(std::string_view program, RunLanguage language) const;

  /// The layers in words, for reports.
  std::string description() const;

 private:
  std::vector<std::string> command(const std::vector<std::string>& files, const std::string& program) const;

  SandboxLimits limits_;
  std::string node_;
  std::string filter_;
  std::vector<std::string> node_flags_;
};

}  // namespace palimpsest::bench
