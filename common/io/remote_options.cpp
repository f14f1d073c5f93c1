#include "common/io/remote_options.h"

#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/options.h"

namespace palimpsest::io {

void add_remote_options(CLI::App& app, RemoteOptions& options) {
  app.add_option("--cache", options.cache, "For a URL: directory that keeps what was downloaded")
      ->group(base::kRunGroup);
  app.add_option("--cache-bytes", options.cache_bytes, "Most bytes in --cache; the oldest go first")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--http-attempts", options.attempts, "Tries of each request")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--http-stall-seconds", options.stall_seconds, "A try ends after so long without data")
      ->capture_default_str()
      ->group(base::kRunGroup);
  app.add_option("--http-connections", options.connections, "Requests at a time when reading ahead")
      ->capture_default_str()
      ->group(base::kRunGroup);
}

void validate(const RemoteOptions& options) {
  const auto require_range = [](const char* name, int value, int most) {
    if (value >= 1 && value <= most) return;
    throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + name,
                      {.got = std::to_string(value), .expected = "1 to " + std::to_string(most)});
  };
  require_range("--http-attempts", options.attempts, 100);
  require_range("--http-stall-seconds", options.stall_seconds, 3600);
  require_range("--http-connections", options.connections, 256);
}

}  // namespace palimpsest::io
