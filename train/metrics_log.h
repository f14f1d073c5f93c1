// A run's measurements as JSON Lines, and the same as events for TensorBoard. metrics.jsonl has one object a
// line, `kind` "step" or "validation", in step order. It holds nothing that depends on the clock, so equal
// runs write equal files; speeds go to timing.jsonl.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "common/io/file.h"
#include "common/io/json.h"

namespace palimpsest::train {

/// Where the events of RUN/`name`.jsonl are: one file, in a folder of its own, so that TensorBoard shows it
/// as one run.
std::filesystem::path event_file(const std::filesystem::path& run, std::string_view name);

class MetricsLog {
 public:
  /// Opens RUN/`name`.jsonl and drops the lines of steps >= next_step, which a resumed run will write again.
  /// The events are made anew from the lines that stay, so both always say the same.
  MetricsLog(const std::filesystem::path& run, std::string_view name, std::int64_t next_step);

  /// `line` has a "step". Reaches the operating system at once, so that a tail -f sees it.
  void write(const io::Json& line);

 private:
  std::filesystem::path lines_path_;
  std::filesystem::path events_path_;
  io::FileHandle lines_;
  io::FileHandle events_;
};

}  // namespace palimpsest::train
