#include "evaluate/bench/bench_report.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "evaluate/bench/estimates.h"

namespace palimpsest::bench {
namespace {

constexpr const char* kAll = "all";

using Belongs = std::function<bool(const Task&)>;

io::Json metrics_of(const std::vector<Task>& tasks, const std::vector<Judgement>& judgements,
                    const Belongs& belongs, const BenchRunOptions& options) {
  io::Json metrics = io::Json::object();
  for (const std::string& name : metric_names(options)) {
    std::vector<Observation> observations;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const auto found = judgements[i].metrics.find(name);
      if (found == judgements[i].metrics.end() || !belongs(tasks[i])) continue;
      observations.push_back({found->second, tasks[i].cluster});
    }
    if (observations.empty()) continue;
    const Interval interval = bootstrap_mean(observations, options.seed);
    metrics[name] = {{"mean", interval.mean},
                     {"low", interval.low},
                     {"high", interval.high},
                     {"tasks", observations.size()}};
  }
  return metrics;
}

std::string cell(const io::Json& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  if (found == metrics.end()) return "-";
  const double half = (found->at("high").get<double>() - found->at("low").get<double>()) / 2;
  return fmt::format("{:.1f} ±{:.1f}", 100 * found->at("mean").get<double>(), 100 * half);
}

}  // namespace

io::Json summarize(const Filler& filler, const std::vector<Task>& tasks,
                   const std::vector<Judgement>& judgements, const BenchRunOptions& options) {
  std::map<std::string, std::set<std::string>> kinds;
  for (const Task& task : tasks) kinds[task.family].insert(task.hole.kind);
  io::Json groups = io::Json::array();
  const auto add_group = [&](const std::string& family, const std::string& kind, const Belongs& belongs) {
    groups.push_back({{"family", family},
                      {"kind", kind},
                      {"tasks", std::count_if(tasks.begin(), tasks.end(), belongs)},
                      {"metrics", metrics_of(tasks, judgements, belongs, options)}});
  };
  add_group(kAll, kAll, [](const Task&) { return true; });
  for (const auto& [family, names] : kinds) {
    const auto in_family = [&family = family](const Task& task) { return task.family == family; };
    add_group(family, kAll, in_family);
    if (names.size() < 2) continue;
    for (const std::string& kind : names) {
      add_group(family, kind, [&](const Task& task) { return in_family(task) && task.hole.kind == kind; });
    }
  }
  return {{"name", filler.name()}, {"groups", groups}};
}

std::string fill_line(const Filler& filler, const Task& task, const Judgement& judgement) {
  io::Json json = {{"id", task.hole.id},
                   {"filler", filler.name()},
                   {"fill", judgement.fill},
                   {"metrics", judgement.metrics}};
  if (!judgement.outcomes.empty()) json["outcomes"] = judgement.outcomes;
  return json.dump(-1, ' ', false, io::Json::error_handler_t::replace);
}

std::string bench_table(const io::Json& result) {
  const auto names = result.at("metrics").get<std::vector<std::string>>();
  std::string table = fmt::format("{:<12} {:<20} {:>6}", "filler", "family", "tasks");
  for (const std::string& name : names) table += fmt::format(" {:>11}", name);
  table += "\n";
  for (const io::Json& filler : result.at("fillers")) {
    for (const io::Json& group : filler.at("groups")) {
      if (group.at("kind") != kAll) continue;
      table += fmt::format("{:<12} {:<20} {:>6}", filler.at("name").get<std::string>(),
                           group.at("family").get<std::string>(), group.at("tasks").get<std::size_t>());
      for (const std::string& name : names) table += fmt::format(" {:>11}", cell(group.at("metrics"), name));
      table += "\n";
    }
  }
  return table + "in percent, ± half of the 95 % interval\n";
}

}  // namespace palimpsest::bench
