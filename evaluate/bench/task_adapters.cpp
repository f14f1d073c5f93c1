#include "evaluate/bench/task_adapters.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/utf8.h"

namespace palimpsest::bench {
namespace {

using io::Json;
using io::require;

[[noreturn]] void refuse(const char* what, const std::string& got, const std::string& expected,
                         const std::string& where) {
  throw base::Error(base::ErrorCode::kBadData, what,
                    {.got = got, .expected = expected, .where = where, .hint = kTaskFormatHint});
}

std::string optional_text(const Json& json, const char* key, const std::string& where) {
  return json.contains(key) ? require<std::string>(json, key, where) : "";
}

std::string language_of(const std::string& name, const std::string& where) {
  if (name == "js" || name == "javascript") return "javascript";
  if (name == "ts" || name == "typescript") return "typescript";
  if (name != "tsx") refuse("unknown language", name, "typescript, tsx or javascript", where);
  return name;
}

/// The hole of a whole text: [begin, end) in bytes.
void cut(Task& task, const Json& json, const std::string& where) {
  const std::string text = require<std::string>(json, "text", where);
  const auto hole = require<std::vector<std::uint64_t>>(json, "hole", where);
  if (hole.size() != 2 || hole[0] > hole[1] || hole[1] > text.size()) {
    refuse("hole outside the text", json.at("hole").dump(),
           "[begin, end] within " + std::to_string(text.size()) + " bytes", where);
  }
  for (const std::uint64_t at : hole) {
    if (at < text.size() && base::is_continuation_byte(text[at])) {
      refuse("hole inside a character", std::to_string(at), "a byte where a UTF-8 sequence begins", where);
    }
  }
  task.hole.prompt = text.substr(0, hole[0]);
  task.canonical = text.substr(hole[0], hole[1] - hole[0]);
  task.hole.suffix = text.substr(hole[1]);
  task.has_canonical = true;
}

Task own_task(const Json& json, const std::string& where) {
  Task task;
  task.hole.id = require<std::string>(json, "id", where);
  task.hole.kind = require<std::string>(json, "kind", where);
  task.hole.path = optional_text(json, "path", where);
  task.hole.language = language_of(require<std::string>(json, "language", where), where);
  task.family = require<std::string>(json, "family", where);
  task.cluster = json.contains("cluster") ? require<std::string>(json, "cluster", where) : task.hole.id;
  task.tests = optional_text(json, "tests", where);
  if (json.contains("stop")) task.stop = require<std::vector<std::string>>(json, "stop", where);
  if (json.contains("text")) {
    cut(task, json, where);
  } else {
    task.hole.prompt = require<std::string>(json, "prompt", where);
    task.hole.suffix = require<std::string>(json, "suffix", where);
    task.has_canonical = json.contains("middle");
    task.canonical = optional_text(json, "middle", where);
  }
  if (!task.has_canonical && task.tests.empty()) {
    refuse("task cannot be judged", "neither middle nor tests", "one of them", where);
  }
  return task;
}

Task data_set_task(const Json& json, const std::string& where, const std::string& data_set) {
  Task task;
  task.hole.id = require<std::string>(json, "name", where);
  task.hole.language = language_of(require<std::string>(json, "language", where), where);
  task.family = data_set;
  task.hole.prompt = require<std::string>(json, "prompt", where);
  task.tests = require<std::string>(json, "tests", where);
  return task;
}

/// A function's end is to be written: everything from the prompt on.
Task multipl_e_task(const Json& json, const std::string& where, const std::string& data_set) {
  Task task = data_set_task(json, where, data_set);
  task.hole.kind = "function";
  task.cluster = task.hole.id;
  task.stop = require<std::vector<std::string>>(json, "stop_tokens", where);
  return task;
}

/// A line of a solution is missing. Prompt and suffix lack the newlines around it; holes of one problem,
/// whose name stands between the last '-' and the front, belong together.
Task santacoder_task(const Json& json, const std::string& where, const std::string& data_set) {
  Task task = data_set_task(json, where, data_set);
  task.hole.kind = "line";
  task.cluster = task.hole.id.substr(0, task.hole.id.rfind('-'));
  task.hole.prompt += '\n';
  task.hole.suffix = "\n" + require<std::string>(json, "suffix", where);
  task.canonical = require<std::string>(json, "canonical_solution", where);
  task.has_canonical = true;
  return task;
}

}  // namespace

Task adapt_task(const Json& json, const std::string& where, const std::string& data_set) {
  if (json.is_object()) {
    if (json.contains("id") && json.contains("kind")) return own_task(json, where);
    if (json.contains("canonical_solution")) return santacoder_task(json, where, data_set);
    if (json.contains("stop_tokens")) return multipl_e_task(json, where, data_set);
  }
  std::string fields;
  for (auto field = json.begin(); json.is_object() && field != json.end() && fields.size() < 200; ++field) {
    fields += (fields.empty() ? "" : ", ") + field.key().substr(0, 40);
  }
  refuse("unknown task format", fields.empty() ? json.type_name() : "the fields " + fields,
         "id, kind, family, language, prompt, suffix and middle", where);
}

}  // namespace palimpsest::bench
