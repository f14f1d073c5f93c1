// How long a run took, and where: beside the outputs, not one of them, because it differs each time.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::ingest {

/// Wall-clock seconds by phase, source and file. Thread-safe.
class Timings {
 public:
  /// Runs `work` and adds its time to the phase and to the source.
  template <typename Work>
  auto measure(const std::string& phase, const std::string& source, Work work) {
    const Guard guard{*this, phase, source};
    return work();
  }

  /// One of the slowest files of a source.
  void add_file(std::string name, double seconds);

  /// Seconds by phase, and the slowest sources and files, slowest first.
  io::Json to_json() const;

 private:
  struct Guard {
    Timings& timings;
    const std::string& phase;
    const std::string& source;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

    ~Guard() { timings.add(phase, source, std::chrono::steady_clock::now() - start); }
  };

  void add(const std::string& phase, const std::string& source, std::chrono::duration<double> time);

  mutable std::mutex mutex_;
  std::map<std::string, double> phases_;
  std::map<std::string, double> sources_;
  std::vector<std::pair<std::string, double>> files_;
};

/// For people: seconds by phase, and the slowest files that took at least a tenth of a second. Takes
/// Timings::to_json().
std::string timings_text(const io::Json& timings);

}  // namespace palimpsest::ingest
