// SIGINT and SIGTERM as a flag that long loops look at between units of work.
#pragma once

#include <chrono>

namespace palimpsest::base {

/// Makes SIGINT and SIGTERM set the flag. A further one ends the process at once, unless it comes within a
/// second of the first: then it is the same request by another way. SIGPIPE is ignored, so that a closed pipe
/// is an error of write() and not a silent death.
void install_signal_handlers();

/// The signal received so far, or 0.
int stop_signal();

/// Throws Interrupted if a signal came. Call it where stopping loses nothing.
void throw_if_stopped();

/// Sleeps until `end`; throws Interrupted soon after a signal.
void sleep_until(std::chrono::steady_clock::time_point end);

}  // namespace palimpsest::base
