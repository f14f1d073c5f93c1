#include <cmath>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

/// Labels of routing.json, and the key of their mean behind them.
std::vector<std::string> row_names(const io::Json& routing) {
  std::vector<std::string> names;
  for (const io::Json& label : at_path(routing, {"labels"})) {
    if (label.is_string()) names.push_back(label);
  }
  if (!names.empty()) names.emplace_back("mean");
  return names;
}

Markup specialization_table(const io::Json& routing) {
  struct Column {
    const char* head;
    std::vector<std::string> path;
  };
  const std::vector<Column> columns = {
      {"router", {"router", "specialization"}},
      {"probe, same masks", {"probe", "all", "masked_specialization"}},
      {"probe, nothing masked", {"probe", "all", "specialization"}},
      {"probe, header only", {"probe", "header", "specialization"}},
      {"probe, no header", {"probe", "text", "specialization"}},
      {"probe, shuffled labels", {"probe", "shuffled", "masked_specialization"}},
      {"router, shuffled labels", {"shuffled_labels", "specialization"}}};
  std::vector<std::string> head = {"family"};
  for (const Column& column : columns) head.emplace_back(column.head);
  Table table("S1 of the router and of a bag-of-tokens probe, with 95 % intervals over documents", head);
  bool any = false;
  for (const std::string& name : row_names(routing)) {
    std::vector<Cell> cells = {name};
    for (const Column& column : columns) {
      const Estimate estimate = estimate_at(at_path(routing, column.path), name);
      any = any || estimate.known();
      cells.emplace_back(shown(estimate, 2));
    }
    table.add(cells);
  }
  return any ? table.markup() : Markup();
}

Markup forced_table(const io::Json& routing) {
  const io::Json& forced = at_path(routing, {"forced_experts"});
  const io::Json& matrix = at_path(forced, {"nats_per_token"});
  if (!matrix.is_array() || matrix.empty() || !matrix[0].is_array()) return {};
  std::vector<std::string> head = {"family"};
  for (std::size_t e = 0; e < matrix[0].size(); ++e) head.push_back("expert " + std::to_string(e));
  head.emplace_back("router chooses");
  head.emplace_back("own-expert gain");
  Table table("Nats per token with each expert forced on the same masks, with 95 % intervals over documents",
              head);
  const std::vector<std::string> names = row_names(routing);
  for (std::size_t f = 0; f < names.size(); ++f) {
    std::vector<Cell> cells = {names[f]};
    for (std::size_t e = 0; e < matrix[0].size(); ++e) {
      const Estimate nats = as_estimate(at_path(matrix, {std::to_string(f), std::to_string(e)}));
      cells.emplace_back(Cell(shown(nats, 3), e == f ? "own" : ""));
    }
    cells.emplace_back(shown(estimate_at(at_path(forced, {"routed_nats_per_token"}), names[f]), 3));
    cells.emplace_back(
        Cell(shown(estimate_at(at_path(forced, {"own_expert_gain_nats"}), names[f]), 3), "strong"));
    table.add(cells);
  }
  return table.markup();
}

}  // namespace

Markup probe_section(const Runs& runs) {
  return section(
      "probe", "How much of it can be known",
      "A logistic regression on the bag of visible tokens learned the same labels: what a router can be "
      "expected to tell from the same evidence. With shuffled labels, both stay at chance. The gain of a "
      "family’s own expert is real where its interval lies above 0.",
      side_by_side(runs, [](const ReportRun& run) {
        return specialization_table(run.routing) + forced_table(run.routing);
      }));
}

}  // namespace palimpsest::evaluate
