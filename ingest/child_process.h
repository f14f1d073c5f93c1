// Child processes: a program without a shell, under a wall clock and resource limits, with all its children.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace palimpsest::ingest {

using Deadline = std::chrono::steady_clock::time_point;

/// The moment `seconds` from now.
Deadline deadline_in(int seconds);

struct ProgramLimits {
  Deadline deadline;                   ///< wall clock
  std::uint64_t max_file_bytes = 0;    ///< of each file that it writes; 0 = no limit
  std::uint64_t max_memory_bytes = 0;  ///< of each of its processes (RLIMIT_DATA); 0 = no limit
};

struct ProgramResult {
  int exit_code = 0;   ///< 128 + signal when one ended it
  std::string output;  ///< the last of its stdout, at most 64 KiB
  std::string errors;  ///< the last of its stderr, at most 64 KiB
};

/// Runs argv[0] from PATH with stdin on /dev/null. Each `NAME=VALUE` of `environment` is set for it and each
/// `NAME` unset. The program dies with this process. Throws Error{kEnvironment} when it cannot start or is
/// still there at the deadline, Interrupted when this process is asked to stop.
ProgramResult run_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const ProgramLimits& limits);

/// Runs a program that has to succeed. Throws Error{kEnvironment} with the last lines of its stderr.
void run_program(const std::vector<std::string>& argv, int timeout_s);

/// Text as one line for a message; says so when there is none.
std::string one_line(std::string text);

}  // namespace palimpsest::ingest
