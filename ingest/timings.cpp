#include "ingest/timings.h"

#include <algorithm>
#include <utility>

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kShownSources = 20;

}  // namespace

io::Json Timings::to_json() const {
  std::vector<std::pair<std::string, double>> slowest(sources_.begin(), sources_.end());
  std::stable_sort(slowest.begin(), slowest.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  slowest.resize(std::min(slowest.size(), kShownSources));
  io::Json sources = io::Json::array();
  for (const auto& [source, seconds] : slowest) sources.push_back({{"source", source}, {"seconds", seconds}});
  return {{"seconds_by_phase", phases_}, {"slowest_sources", std::move(sources)}};
}

void Timings::add(const std::string& phase, const std::string& source, std::chrono::duration<double> time) {
  phases_[phase] += time.count();
  sources_[source] += time.count();
}

}  // namespace palimpsest::ingest
