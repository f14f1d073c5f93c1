#include "train/metrics_log.h"

#include <sstream>
#include <string>

#include "common/base/error.h"
#include "train/tensorboard_log.h"

namespace palimpsest::train {
namespace {

struct Kept {
  std::string lines;
  std::string events = event_file_start();
};

/// Whole lines of steps before next_step. A process killed while writing leaves half a line, which is
/// dropped.
Kept keep_before(const std::filesystem::path& path, std::int64_t next_step) {
  Kept kept;
  if (!std::filesystem::exists(path)) return kept;
  std::istringstream lines(io::read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const io::Json json = io::Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || json.value("step", next_step) >= next_step) break;
    kept.lines += line + "\n";
    kept.events += event_record(json);
  }
  return kept;
}

void append(std::FILE* file, const std::string& bytes, const std::filesystem::path& path) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() || std::fflush(file) != 0) {
    throw base::errno_error("cannot write metrics", path.string());
  }
}

}  // namespace

std::filesystem::path event_file(const std::filesystem::path& run, std::string_view name) {
  return run / "tensorboard" / name / "events.out.tfevents.0";
}

MetricsLog::MetricsLog(const std::filesystem::path& run, std::string_view name, std::int64_t next_step)
    : lines_path_(run / (std::string(name) + ".jsonl")), events_path_(event_file(run, name)) {
  const Kept kept = keep_before(lines_path_, next_step);
  io::make_directories(events_path_.parent_path());
  io::write_file_atomically(lines_path_, kept.lines);
  io::write_file_atomically(events_path_, kept.events);
  lines_ = io::open_file(lines_path_, "ab");
  events_ = io::open_file(events_path_, "ab");
}

void MetricsLog::write(const io::Json& line) {
  append(lines_.get(), line.dump() + "\n", lines_path_);
  append(events_.get(), event_record(line), events_path_);
}

}  // namespace palimpsest::train
