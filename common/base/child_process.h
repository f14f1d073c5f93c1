// Child processes: a program without a shell, under a wall clock and resource limits, with all its children.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace palimpsest::base {

using Deadline = std::chrono::steady_clock::time_point;

/// The moment `seconds` from now.
Deadline deadline_in(int seconds);

/// 0 = no limit, but for the deadline.
struct ProgramLimits {
  Deadline deadline;                   ///< wall clock
  std::uint64_t max_file_bytes = 0;    ///< of each file that it writes
  std::uint64_t max_memory_bytes = 0;  ///< of each of its processes (RLIMIT_DATA)
  std::uint64_t max_cpu_s = 0;         ///< of each of its processes
  std::uint64_t max_output_bytes = 0;  ///< of stdout and stderr together
};

enum class ProgramEnd {
  kExit,    ///< by itself or by a signal
  kTime,    ///< killed at the deadline
  kOutput,  ///< killed because it wrote too much
};

struct ProgramResult {
  ProgramEnd end = ProgramEnd::kExit;
  int exit_code = 0;   ///< 128 + signal when one ended it
  std::string output;  ///< the last of its stdout, at most 64 KiB
  std::string errors;  ///< the last of its stderr, at most 64 KiB
};

/// How a program is started.
struct ProgramSetup {
  std::vector<std::string> environment = {};  ///< `NAME=VALUE` sets, `NAME` unsets
  bool empty_environment = false;             ///< nothing of this process's environment
  bool new_session = false;                   ///< without this process's terminal
  bool without_root = false;        ///< as user and group 65534 (nobody) when this process is root's
  std::vector<int> inherited = {};  ///< descriptors that it keeps under their numbers
  std::function<void()> stop = {};  ///< called before it is killed; it then has a moment to end by itself
};

/// Runs argv[0] from PATH with stdin on /dev/null until it ends or meets a limit; then it is killed with its
/// process group. It gains no rights that this process lacks (PR_SET_NO_NEW_PRIVS), gets no descriptor but
/// the standard streams and `inherited`, and dies with this process. Throws Error{kEnvironment} when it
/// cannot start, Interrupted when this process is asked to stop.
ProgramResult observe_program(const std::vector<std::string>& argv, const ProgramSetup& setup,
                              const ProgramLimits& limits);

/// Runs argv[0] from PATH with stdin on /dev/null. Each `NAME=VALUE` of `environment` is set for it and each
/// `NAME` unset. The program dies with this process. Throws Error{kEnvironment} when it cannot start or is
/// still there at the deadline or writes too much, Interrupted when this process is asked to stop.
ProgramResult run_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const ProgramLimits& limits);

/// Runs a program that has to succeed. Throws Error{kEnvironment} with the last lines of its stderr.
void run_program(const std::vector<std::string>& argv, int timeout_s);

/// Text as one line for a message; says so when there is none.
std::string one_line(std::string text);

}  // namespace palimpsest::base
