#include <cmath>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

/// One number of a run that sums it up.
struct KeyNumber {
  std::string name;
  std::vector<std::string> object;  ///< path to the object in scores.json
  std::string key;
  int digits = 2;
  bool tile = false;
};

std::vector<KeyNumber> key_numbers(const Runs& runs) {
  std::vector<KeyNumber> numbers = {
      {"bits per byte, mean over families", {"overall"}, "mean_bits_per_byte", 3, true},
      {"bits per byte of the unigram coder", {"overall"}, "unigram_mean_bits_per_byte", 3, true},
      {"bits per byte, all text", {"overall"}, "bits_per_byte", 3},
      {"perplexity per token", {"overall"}, "perplexity", 1, true}};
  for (const std::string& label : all_labels(runs)) {
    numbers.push_back({"bits per byte, " + label, {"families", label}, "bits_per_byte", 3});
  }
  numbers.push_back({"specialization S1, mean", {"routing", "specialization"}, "mean", 2, true});
  for (const std::string& label : all_labels(runs)) {
    numbers.push_back({"specialization S1, " + label, {"routing", "specialization"}, label, 2});
  }
  numbers.push_back({"router entropy / log E", {"routing"}, "router_entropy", 2, true});
  numbers.push_back(
      {"mutual information, normalised", {"routing"}, "normalized_mutual_information", 2, true});
  for (const std::string& label : all_labels(runs)) {
    numbers.push_back(
        {"own-expert gain, nats/token, " + label, {"forced_experts", "own_expert_gain_nats"}, label, 3});
  }
  for (const std::string& label : all_labels(runs)) {
    numbers.push_back({"holes filled exactly, " + label, {"infill", "summary", label}, "exact_match", 2});
  }
  return numbers;
}

/// Figures that the training run alone knows.
void add_training_rows(Table& table, const Runs& runs) {
  std::vector<Cell> steps = {"training steps"};
  std::vector<Cell> total = {"parameters"};
  std::vector<Cell> active = {"parameters active per token"};
  for (const ReportRun& run : runs) {
    steps.emplace_back(grouped(run.metrics.last_step + 1));
    total.emplace_back(grouped(number_at(run.model, {"counts", "parameters"})));
    active.emplace_back(grouped(number_at(run.model, {"counts", "active_parameters"})));
  }
  table.add(steps);
  table.add(total);
  table.add(active);
}

Markup comparison(const Runs& runs) {
  std::vector<std::string> head = {"measure"};
  for (const ReportRun& run : runs) head.push_back(run.name);
  Table table("Key numbers; in brackets the difference to " + runs[0].name, head, "compare");
  add_training_rows(table, runs);
  for (const KeyNumber& number : key_numbers(runs)) {
    const double reference = estimate_at(at_path(runs[0].scores, number.object), number.key).value;
    std::vector<Cell> cells = {number.name};
    bool any = false;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      const Estimate value = estimate_at(at_path(runs[r].scores, number.object), number.key);
      any = any || value.known();
      Markup cell = text(fixed(value.value, number.digits));
      if (r > 0 && std::isfinite(value.value - reference)) {
        cell += element("span", {{"class", "difference"}},
                        text(" (" + difference(value.value - reference, number.digits) + ")"));
      }
      cells.emplace_back(cell);
    }
    if (any) table.add(cells);
  }
  return table.markup();
}

Markup tiles(const ReportRun& run) {
  Markup out;
  for (const KeyNumber& number : key_numbers({run})) {
    const Estimate value = estimate_at(at_path(run.scores, number.object), number.key);
    if (!number.tile || !value.known()) continue;
    Markup figure = element("b", text(fixed(value.value, number.digits)));
    if (value.has_interval()) {
      figure +=
          element("small", text(fixed(value.low, number.digits) + " to " + fixed(value.high, number.digits)));
    }
    out += element("div", element("dt", text(number.name)) + element("dd", figure));
  }
  return out.empty() ? out : element("dl", {{"class", "tiles"}}, out);
}

}  // namespace

Markup section(const std::string& id, const std::string& title, const std::string& standfirst,
               const Markup& body) {
  if (body.empty()) return {};
  const Markup lead =
      standfirst.empty() ? Markup() : element("p", {{"class", "standfirst"}}, text(standfirst));
  return element("section", {{"id", id}, {"aria-labelledby", id + "-title"}},
                 element("h2", {{"id", id + "-title"}}, text(title)) + lead + body);
}

Markup summary_section(const Runs& runs) {
  return runs.size() == 1 ? tiles(runs[0]) : section("comparison", "Side by side", "", comparison(runs));
}

}  // namespace palimpsest::evaluate
