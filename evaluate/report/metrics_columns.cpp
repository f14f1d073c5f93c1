#include "evaluate/report/metrics_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/io/json.h"

namespace palimpsest::evaluate {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr int kMaxDepth = 8;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Writers other than ours spell NaN and infinities out, which is not JSON: here they become null.
std::string without_bare_nan(std::string_view line) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) in_string = !in_string;
    bool replaced = false;
    for (const std::string_view word : {"-Infinity", "Infinity", "-inf", "inf", "NaN", "-nan", "nan"}) {
      if (in_string || replaced || line.substr(i, word.size()) != word) continue;
      if (i + word.size() < line.size() && is_word(line[i + word.size()])) continue;
      out += "null";
      i += word.size() - 1;
      replaced = true;
    }
    if (!replaced) out += line[i];
  }
  return out;
}

/// A discarded value when the line is not a JSON object.
io::Json parse_line(std::string_view line) {
  io::Json json = io::Json::parse(line, nullptr, false);
  if (json.is_discarded()) json = io::Json::parse(without_bare_nan(line), nullptr, false);
  return json.is_object() ? json : io::Json(io::Json::value_t::discarded);
}

void add_numbers(std::map<std::string, Column>& columns, const std::string& name, double step,
                 const io::Json& value, int depth) {
  if (value.is_number() || value.is_null()) {
    columns[name].push_back({step, value.is_null() ? kMissing : value.get<double>()});
  } else if (value.is_structured() && depth < kMaxDepth) {
    for (const auto& [key, part] : value.items())
      add_numbers(columns, name + "." + key, step, part, depth + 1);
  }
}

void add_line(MetricsColumns& log, const io::Json& line) {
  const auto found = line.find("step");
  if (found == line.end() || !found->is_number()) return;
  const double step = found->get<double>();
  const auto kind_field = line.find("kind");
  const std::string kind =
      kind_field != line.end() && kind_field->is_string() ? kind_field->get<std::string>() : "";
  if (kind != "step" && kind != "validation") return;
  log.last_step = std::max(log.last_step, step);
  for (const auto& [key, value] : line.items()) {
    if (key == "step") continue;
    if (key == "stage" && value.is_string() && kind == "step") {
      if (log.stages.empty() || log.stages.back().name != value) log.stages.push_back({step, value});
    }
    if ((key == "nelbo" || key == "bits_per_byte") && value.is_null()) ++log.not_finite;
    add_numbers(kind == "step" ? log.steps : log.validations, key, step, value, 0);
  }
}

void keep_the_later(std::map<std::string, Column>& columns) {
  for (auto& [name, column] : columns) {
    std::stable_sort(column.begin(), column.end(),
                     [](const Sample& a, const Sample& b) { return a.step < b.step; });
    Column unique;
    for (const Sample& sample : column) {
      if (!unique.empty() && unique.back().step == sample.step) unique.pop_back();
      unique.push_back(sample);
    }
    column = std::move(unique);
  }
}

const Column& find_or_empty(const std::map<std::string, Column>& columns, const std::string& name) {
  static const Column none;
  const auto found = columns.find(name);
  return found == columns.end() ? none : found->second;
}

}  // namespace

const Column& MetricsColumns::step_column(const std::string& name) const {
  return find_or_empty(steps, name);
}

const Column& MetricsColumns::validation_column(const std::string& name) const {
  return find_or_empty(validations, name);
}

MetricsColumns read_metrics_columns(const std::filesystem::path& path) {
  MetricsColumns log;
  const std::string content = io::read_file(path);
  std::string_view rest = content;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const io::Json json = parse_line(line);
    if (!json.is_discarded()) {
      add_line(log, json);
    } else if (rest.empty() && end == std::string_view::npos) {
      log.cut_last_line = true;
    } else {
      throw base::Error(base::ErrorCode::kBadData, "not a JSON object",
                        {.expected = "one object a line",
                         .where = path.string() + " line " + std::to_string(number),
                         .hint = "the file is damaged; only its last line may be incomplete"});
    }
  }
  keep_the_later(log.steps);
  keep_the_later(log.validations);
  return log;
}

}  // namespace palimpsest::evaluate
