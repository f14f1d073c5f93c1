#include "ingest/timings.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kShown = 20;
constexpr std::size_t kShownToPeople = 5;
constexpr double kShownSeconds = 0.1;

using Times = std::vector<std::pair<std::string, double>>;

io::Json slowest(Times times, const char* what) {
  std::stable_sort(times.begin(), times.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  times.resize(std::min(times.size(), kShown));
  io::Json json = io::Json::array();
  for (const auto& [name, seconds] : times) json.push_back({{what, name}, {"seconds", seconds}});
  return json;
}

}  // namespace

io::Json Timings::to_json() const {
  const std::lock_guard lock(mutex_);
  return {{"seconds_by_phase", phases_},
          {"slowest_sources", slowest(Times(sources_.begin(), sources_.end()), "source")},
          {"slowest_files", slowest(files_, "file")}};
}

std::string timings_text(const io::Json& timings) {
  std::string text = "  seconds:";
  for (const auto& [phase, seconds] : timings.at("seconds_by_phase").items())
    text += fmt::format(" {} {:.1f}", phase, seconds.get<double>());
  text += "\n";
  std::size_t shown = 0;
  for (const io::Json& file : timings.at("slowest_files")) {
    const double seconds = file.at("seconds");
    if (seconds < kShownSeconds || ++shown > kShownToPeople) break;
    text += fmt::format("  slow: {:.1f} s {}\n", seconds, file.at("file").get<std::string>());
  }
  return text;
}

void Timings::add_file(std::string name, double seconds) {
  const std::lock_guard lock(mutex_);
  files_.emplace_back(std::move(name), seconds);
}

void Timings::add(const std::string& phase, const std::string& source, std::chrono::duration<double> time) {
  const std::lock_guard lock(mutex_);
  phases_[phase] += time.count();
  sources_[source] += time.count();
}

}  // namespace palimpsest::ingest
