// Evaluation tasks as JSON Lines or text. A file that is the task itself is found whenever the task can be
// looked for.
#include "ingest/decontamination.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  ingest::Decontamination lines;
  accepts([&] { lines.add_json_lines(input, "tasks"); });
  lines.find(input);
  const std::string text = as_utf8(input);
  ingest::Decontamination task;
  task.add_text(text, "task");
  check(task.empty() || task.find(text).has_value(), "a task that does not find itself");
}
