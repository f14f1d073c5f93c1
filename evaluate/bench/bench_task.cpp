#include "evaluate/bench/bench_task.h"

#include <fstream>
#include <set>

#include "common/base/error.h"
#include "evaluate/bench/task_adapters.h"

namespace palimpsest::bench {

syntax::Grammar grammar_of(std::string_view language) {
  if (language == "javascript") return syntax::Grammar::kJavaScript;
  return language == "tsx" ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript;
}

std::string to_json_line(const Task& task) {
  io::Json json = {{"id", task.hole.id},         {"family", task.family},          {"kind", task.hole.kind},
                   {"path", task.hole.path},     {"language", task.hole.language}, {"cluster", task.cluster},
                   {"prompt", task.hole.prompt}, {"suffix", task.hole.suffix}};
  if (task.has_canonical) json["middle"] = task.canonical;
  if (!task.tests.empty()) json["tests"] = task.tests;
  if (!task.stop.empty()) json["stop"] = task.stop;
  return json.dump();
}

std::vector<Task> load_tasks(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw base::errno_error("cannot open tasks", path.string());
  std::vector<Task> tasks;
  std::set<std::string> ids;
  std::size_t number = 0;
  // A line is read in pieces, so that a huge one costs no more than it may be long.
  std::string line(kMaxTaskBytes + 1, '\0');
  while (file.getline(line.data(), static_cast<std::streamsize>(line.size())) || file.gcount() > 0) {
    const std::string where = path.string() + ":" + std::to_string(++number);
    if (file.fail()) {
      throw base::Error(
          base::ErrorCode::kBadData, "task is too long",
          {.expected = "at most " + std::to_string(kMaxTaskBytes) + " bytes a line", .where = where});
    }
    const auto size = static_cast<std::size_t>(file.gcount()) - (file.eof() ? 0 : 1);
    const std::string_view text(line.data(), size);
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    Task task = adapt_task(io::parse_json(text, where), where, path.stem().string());
    if (!ids.insert(task.hole.id).second) {
      throw base::Error(base::ErrorCode::kBadData, "task id comes twice",
                        {.got = task.hole.id, .where = where});
    }
    tasks.push_back(std::move(task));
  }
  if (tasks.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no tasks",
                      {.where = path.string(), .hint = kTaskFormatHint});
  }
  return tasks;
}

std::string_view cut_at_stop(std::string_view fill, const std::vector<std::string>& stop) {
  for (const std::string& text : stop) fill = fill.substr(0, fill.find(text));
  return fill;
}

}  // namespace palimpsest::bench
