#include "train/metrics_log.h"

#include <sstream>
#include <string>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

/// Whole lines of steps before next_step. A process killed while writing leaves half a line, which is
/// dropped.
std::string lines_before(const std::filesystem::path& path, std::int64_t next_step) {
  std::string kept;
  std::istringstream lines(io::read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const io::Json json = io::Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || json.value("step", next_step) >= next_step) break;
    kept += line + "\n";
  }
  return kept;
}

}  // namespace

MetricsLog::MetricsLog(const std::filesystem::path& run, const char* name, std::int64_t next_step)
    : path_(run / name) {
  if (std::filesystem::exists(path_)) io::write_file_atomically(path_, lines_before(path_, next_step));
  file_ = io::open_file(path_, "ab");
}

void MetricsLog::write(const io::Json& line) {
  const std::string text = line.dump() + "\n";
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() || std::fflush(file_.get()) != 0) {
    throw base::errno_error("cannot write metrics", path_.string());
  }
}

}  // namespace palimpsest::train
