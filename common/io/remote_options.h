// How files are read over HTTP.
#pragma once

#include <cstdint>
#include <filesystem>

namespace CLI {
class App;
}

namespace palimpsest::io {

/// None of these changes what is read, so none is part of a recorded configuration.
struct RemoteOptions {
  std::filesystem::path cache;              ///< directory of downloaded frames; empty = none are kept
  std::uint64_t cache_bytes = 10ULL << 30;  ///< of all files in it
  int attempts = 6;                         ///< tries of each request, at least 1
  int stall_seconds = 30;             ///< gives a try up after so long below 1 KiB/s, or without a connection
  int connections = 8;                ///< requests at a time when reading ahead
  double first_delay_seconds = 0.25;  ///< about, before the second try; doubles from try to try
  std::uint64_t jitter_seed = 0;      ///< of the delays; 0 = another one in each process
};

/// Adds --cache, --cache-bytes, --http-attempts, --http-stall-seconds and --http-connections.
void add_remote_options(CLI::App& app, RemoteOptions& options);

/// Throws Error{kUsage}.
void validate(const RemoteOptions& options);

}  // namespace palimpsest::io
