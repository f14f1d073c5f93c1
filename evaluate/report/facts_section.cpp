#include <algorithm>
#include <cmath>
#include <map>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kDigestShown = 16;

/// Options that hold a table are recorded as JSON text.
io::Json parsed_option(const io::Json& value) {
  if (!value.is_string() || !value.get_ref<const std::string&>().starts_with("{")) return value;
  const io::Json json = io::Json::parse(value.get<std::string>(), nullptr, false);
  return json.is_discarded() ? value : json;
}

void flatten(Facts& facts, const std::string& name, const io::Json& value) {
  if (value.is_object() ||
      (value.is_array() &&
       std::any_of(value.begin(), value.end(), [](const io::Json& part) { return part.is_structured(); }))) {
    std::size_t index = 0;
    for (const auto& [key, part] : value.items()) {
      const std::string given = string_at(part, {"name"});
      const std::string step = value.is_array() ? (given.empty() ? std::to_string(index) : given) : key;
      flatten(facts, name.empty() ? step : name + "." + step, part);
      ++index;
    }
  } else if (value.is_string()) {
    facts.emplace_back(name, value.get<std::string>());
  } else {
    facts.emplace_back(name, value.dump(-1, ' ', false, io::Json::error_handler_t::replace));
  }
}

/// Options of the training run, and the score's beside them.
Facts options_of(const ReportRun& run) {
  Facts facts;
  for (const auto& [key, value] : at_path(run.model, {"config"}).items())
    flatten(facts, key, parsed_option(value));
  for (const char* key : {"split", "forwards", "mask_draws", "step"}) {
    const io::Json& value = at_path(run.scores, {key});
    if (!value.is_null()) flatten(facts, std::string("score.") + key, value);
  }
  return facts;
}

std::string shortened(const std::string& digest) {
  return digest.substr(0, kDigestShown);
}

Facts facts_of(const ReportRun& run) {
  Facts facts;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty() && value != kNoValue) facts.emplace_back(name, value);
  };
  add("tool version", string_at(run.model, {"tool_version"}));
  add("parameters", grouped(number_at(run.model, {"counts", "parameters"})));
  add("parameters active per token", grouped(number_at(run.model, {"counts", "active_parameters"})));
  add("time in steps",
      std::isfinite(run.timing.seconds) ? fixed(run.timing.seconds / 60, 1) + " minutes" : "");
  add("speed, median",
      std::isfinite(run.timing.tokens_per_second) ? grouped(run.timing.tokens_per_second) + " tokens/s" : "");
  add("peak memory", std::isfinite(run.timing.peak_memory_bytes)
                         ? fixed(run.timing.peak_memory_bytes / (1 << 20), 0) + " MiB"
                         : "");
  for (const auto& [role, digest] : at_path(run.model, {"inputs"}).items()) {
    if (digest.is_string()) add(role + ", SHA-256", shortened(digest));
  }
  for (const io::Json& file : at_path(run.model, {"outputs"})) {
    if (string_at(file, {"path"}).ends_with(".safetensors") ||
        string_at(file, {"path"}) == "tokenizer.json") {
      add(string_at(file, {"path"}) + ", SHA-256", shortened(string_at(file, {"sha256"})));
    }
  }
  return facts;
}

Markup facts_table(const Facts& facts, const std::string& caption) {
  Table table(caption, {"", "value"}, "words");
  for (const auto& [name, value] : facts) table.add({name, value});
  return table.empty() ? Markup() : table.markup();
}

/// Options in which the runs differ.
Markup difference_table(const Runs& runs) {
  std::vector<std::string> names;
  std::vector<std::map<std::string, std::string>> values;
  for (const ReportRun& run : runs) {
    std::map<std::string, std::string>& of_run = values.emplace_back();
    for (const auto& [name, value] : options_of(run)) {
      of_run[name] = value;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  std::vector<std::string> head = {"option"};
  for (const ReportRun& run : runs) head.push_back(run.name);
  Table table("Options in which the runs differ", head, "words");
  for (const std::string& name : names) {
    std::vector<Cell> cells = {name};
    bool differ = false;
    for (std::map<std::string, std::string>& of_run : values) {
      const auto found = of_run.find(name);
      cells.emplace_back(found == of_run.end() ? kNoValue : found->second);
      differ = differ || found == of_run.end() || found->second != values[0][name];
    }
    if (differ) table.add(cells);
  }
  return table.empty() ? element("p", text("The runs have equal options.")) : table.markup();
}

}  // namespace

Markup facts_section(const Runs& runs) {
  Markup body = runs.size() > 1 ? difference_table(runs) : Markup();
  body += side_by_side(runs, [](const ReportRun& run) {
    const Markup facts = facts_table(facts_of(run), "The run");
    const Markup options = facts_table(options_of(run), "Options of model, recipe and score");
    Markup out = facts;
    if (!options.empty())
      out += element("details", element("summary", text("Model, recipe and options")) + options);
    return out;
  });
  return section("facts", "How it was made", "", body);
}

}  // namespace palimpsest::evaluate
