#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

std::string layer_name(const ReportRun& run, std::size_t index) {
  const double layer = number_at(run.scores, {"model", "moe_layers", std::to_string(index)});
  return "Layer " + (std::isfinite(layer) ? significant(layer, 6) : std::to_string(index));
}

std::vector<std::string> expert_heads(const std::vector<std::string>& labels, std::size_t experts) {
  std::vector<std::string> head = {"family"};
  for (std::size_t e = 0; e < experts; ++e) {
    head.push_back("expert " + std::to_string(e) + (e < labels.size() ? " (" + labels[e] + ")" : ""));
  }
  return head;
}

/// Share of each family's tokens per expert, one table a layer; a cell's shade is its number.
Markup heat_maps(const ReportRun& run) {
  const std::vector<std::string> labels = run.labels();
  const io::Json& layers = at_path(run.scores, {"routing", "share_by_layer"});
  Markup maps;
  for (std::size_t layer = 0; layers.is_array() && layer < layers.size(); ++layer) {
    const io::Json& matrix = layers[layer];
    if (!matrix.is_array() || matrix.empty() || !matrix[0].is_array()) continue;
    Table table(layer_name(run, layer) + ": share of a family’s tokens that each expert serves",
                expert_heads(labels, matrix[0].size()), "heat");
    for (std::size_t f = 0; f < matrix.size(); ++f) {
      std::vector<Cell> cells = {f < labels.size() ? labels[f] : std::to_string(f)};
      for (std::size_t e = 0; e < matrix[f].size(); ++e) {
        const double share = as_estimate(matrix[f][e]).value;
        cells.emplace_back(percent(share, 0), shade_class(share) + (e == f ? " own" : ""));
      }
      table.add(cells);
    }
    maps += table.markup();
  }
  return maps.empty() ? maps : element("div", {{"class", "tables"}}, maps);
}

/// `specialization_by_mask_ratio`: an entry a bin, with its edges or else of equal width.
std::vector<CurvePoint> by_mask_ratio(const ReportRun& run, const std::string& label) {
  const io::Json& bins = at_path(run.scores, {"routing", "specialization_by_mask_ratio"});
  std::vector<CurvePoint> points;
  for (std::size_t bin = 0; bins.is_array() && bin < bins.size(); ++bin) {
    const Estimate nested = estimate_at(at_path(bins[bin], {"specialization"}), label);
    const Estimate value = nested.known() ? nested : estimate_at(bins[bin], label);
    double from = number_at(bins[bin], {"from"});
    double to = number_at(bins[bin], {"to"});
    if (!std::isfinite(from + to)) {
      from = static_cast<double>(bin) / static_cast<double>(bins.size());
      to = static_cast<double>(bin + 1) / static_cast<double>(bins.size());
    }
    points.push_back({(from + to) / 2, value.value, value.value, value.value});
  }
  return points;
}

CurveChart mask_ratio_chart(const Runs& runs) {
  CurveChart chart = {
      .title = "Specialization S1 by mask ratio",
      .note =
          "How sure the router stays when more of the text is hidden. Points are the middles of the bins.",
      .x_axis = "mask ratio",
      .y_axis = "S1",
      .y_high = 1};
  for (const std::string& label : all_labels(runs)) {
    Panel panel = {.title = label, .references = {{"chance", 0}}};
    for (std::size_t r = 0; r < runs.size(); ++r) {
      panel.curves.push_back({.name = runs.size() > 1 ? runs[r].name : label,
                              .points = by_mask_ratio(runs[r], label),
                              .colour = runs.size() > 1 ? r : chart.panels.size(),
                              .markers = true});
    }
    chart.panels.push_back(panel);
  }
  if (runs.size() > 1 || chart.panels.size() < 2) return chart;
  Panel all = {.references = {{"chance", 0}}};
  for (Panel& panel : chart.panels) all.curves.push_back(std::move(panel.curves[0]));
  chart.panels = {all};
  return chart;
}

Markup specialization_table(const ReportRun& run) {
  const io::Json& routing = at_path(run.scores, {"routing"});
  if (!routing.is_object()) return {};
  std::vector<std::string> head = {""};
  std::vector<Cell> cells = {"S1"};
  for (const std::string& label : run.labels()) {
    head.push_back(label);
    cells.emplace_back(shown(estimate_at(at_path(routing, {"specialization"}), label), 2));
  }
  for (const auto& [key, name] : {std::pair{"mean", "mean S1"}}) {
    head.emplace_back(name);
    cells.emplace_back(Cell(shown(estimate_at(at_path(routing, {"specialization"}), key), 2), "strong"));
  }
  for (const auto& [key, name] : {std::pair{"router_entropy", "entropy / log E"},
                                  std::pair{"normalized_mutual_information", "mutual information"}}) {
    const Estimate value = estimate_at(routing, key);
    if (!value.known()) continue;
    head.emplace_back(name);
    cells.emplace_back(shown(value, 2));
  }
  Table table("Specialization by the router’s own choice", head);
  table.add(cells);
  return table.markup();
}

/// Shade by what an expert costs above the best of its row: the lighter, the better.
Markup forced_table(const ReportRun& run) {
  const std::vector<std::string> labels = run.labels();
  const io::Json& matrix = at_path(run.scores, {"forced_experts", "bits_per_byte"});
  if (!matrix.is_array() || matrix.empty() || !matrix[0].is_array()) return {};
  std::vector<double> lowest;
  double widest = 0;
  for (const io::Json& row : matrix) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const io::Json& cell : row) {
      const double bits = as_estimate(cell).value;
      if (!std::isfinite(bits)) continue;
      low = std::min(low, bits);
      high = std::max(high, bits);
    }
    lowest.push_back(low);
    if (std::isfinite(high - low)) widest = std::max(widest, high - low);
  }
  std::vector<std::string> head = expert_heads(labels, matrix[0].size());
  head.emplace_back("own-expert gain, nats/token");
  Table table("Bits per byte of each family with each expert forced; ▾ marks the lowest of a row", head,
              "heat");
  for (std::size_t f = 0; f < matrix.size(); ++f) {
    std::vector<Cell> cells = {f < labels.size() ? labels[f] : std::to_string(f)};
    for (std::size_t e = 0; e < matrix[f].size(); ++e) {
      const Estimate bits = as_estimate(matrix[f][e]);
      const std::string mark = bits.value == lowest[f] ? "▾ " : "";
      const double excess = widest > 0 ? (bits.value - lowest[f]) / widest : 0;
      cells.emplace_back(mark + shown(bits, 3), shade_class(excess) + (e == f ? " own" : ""));
    }
    const Estimate gain =
        f < labels.size()
            ? estimate_at(at_path(run.scores, {"forced_experts", "own_expert_gain_nats"}), labels[f])
            : as_estimate(nullptr);
    cells.emplace_back(Cell(gain.has_interval() ? shown(gain, 3) : difference(gain.value, 3), "strong"));
    table.add(cells);
  }
  return table.markup();
}

}  // namespace

Markup routing_section(const Runs& runs, ChartSet& charts) {
  Markup body =
      side_by_side(runs, [](const ReportRun& run) { return specialization_table(run) + heat_maps(run); });
  const Markup chart = charts.add(mask_ratio_chart(runs));
  if (!chart.empty()) body += element("div", {{"class", "charts few"}}, chart);
  return section("routing", "Who serves whom",
                 "The router decides for each token which expert serves it. A framed cell is a family’s own "
                 "expert: where "
                 "routing follows the frameworks, these have the "
                 "strongest shade.",
                 body);
}

Markup forced_section(const Runs& runs) {
  return section("forced", "What each expert knows",
                 "Every family once with every expert forced, whatever the router would choose. A routing "
                 "loss cannot fake this "
                 "table: where experts do different work, the framed cell is the lowest of its row. "
                 "Own-expert gain is what it "
                 "saves against the mean of the others.",
                 side_by_side(runs, [](const ReportRun& run) { return forced_table(run); }));
}

}  // namespace palimpsest::evaluate
