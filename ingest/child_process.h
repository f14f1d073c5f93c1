// Child processes under a wall clock: a program without a shell, or a function in a forked copy of this
// process.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace palimpsest::ingest {

/// Runs argv[0] from PATH with stdin and stdout on /dev/null. Throws Error{kEnvironment} with the last lines
/// of its stderr when it cannot start, fails or runs longer than `timeout_s`; Interrupted when this process
/// is asked to stop.
void run_program(const std::vector<std::string>& argv, int timeout_s);

/// Runs `work` in a forked child and waits. An exception in the child becomes Error{kEnvironment} with its
/// message here; after `timeout_s` the child is killed and Error{kEnvironment} is thrown. REQUIRES: no other
/// thread holds a lock that `work` needs, so call it before threads start.
void run_forked(const std::function<void()>& work, int timeout_s, const std::string& what);

}  // namespace palimpsest::ingest
