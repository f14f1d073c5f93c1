// metrics.jsonl: one JSON object a line, `kind` "step" or "validation", in step order. Holds nothing that
// depends on the clock, so equal runs write equal files; speeds go to timing.jsonl.
#pragma once

#include <cstdint>
#include <filesystem>

#include "common/io/file.h"
#include "common/io/json.h"

namespace palimpsest::train {

class MetricsLog {
 public:
  /// Opens RUN/`name` and drops the lines of steps >= next_step, which a resumed run will write again.
  MetricsLog(const std::filesystem::path& run, const char* name, std::int64_t next_step);

  /// `line` has a "step". Reaches the operating system at once, so that a tail -f sees it.
  void write(const io::Json& line);

 private:
  std::filesystem::path path_;
  io::FileHandle file_;
};

}  // namespace palimpsest::train
