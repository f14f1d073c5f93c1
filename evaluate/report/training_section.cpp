#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kCurvePoints = 180;
constexpr std::size_t kBandRuns = 1;  ///< more bands than this hide each other

/// One curve of each run.
struct Measure {
  std::string name;
  std::function<Column(const ReportRun&)> column;
  bool validation = false;  ///< measured now and then: show each point
  bool band = false;
  std::optional<Reference> reference = std::nullopt;
};

Measure of_steps(const std::string& name, const std::string& key, bool band = false) {
  return {.name = name,
          .column = [key](const ReportRun& run) { return run.metrics.step_column(key); },
          .band = band};
}

Measure of_validations(const std::string& name, const std::string& key) {
  return {.name = name,
          .column = [key](const ReportRun& run) { return run.metrics.validation_column(key); },
          .validation = true};
}

/// Mean over columns, step by step, of the values that are there.
Column mean_of(const std::vector<const Column*>& columns) {
  std::map<double, std::pair<double, int>> sums;
  for (const Column* column : columns) {
    for (const Sample& sample : *column) {
      auto& [sum, count] = sums[sample.step];
      if (!std::isfinite(sample.value)) continue;
      sum += sample.value;
      ++count;
    }
  }
  Column mean;
  for (const auto& [step, sum] : sums) {
    mean.push_back(
        {step, sum.second == 0 ? std::numeric_limits<double>::quiet_NaN() : sum.first / sum.second});
  }
  return mean;
}

/// Mean over the routers of `routers.N.<key>`.
Measure of_routers(const std::string& name, const std::string& key) {
  return {.name = name, .column = [key](const ReportRun& run) {
            std::vector<const Column*> columns;
            for (int router = 0;; ++router) {
              const std::string path = "routers." + std::to_string(router) + ".";
              if (run.metrics.step_column(path + "layer").empty()) break;
              columns.push_back(&run.metrics.step_column(path + key));
            }
            return mean_of(columns);
          }};
}

/// Name of router N as its layer, and its path; over all runs.
std::vector<std::pair<std::string, std::string>> routers(const Runs& runs) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const ReportRun& run : runs) {
    for (std::size_t router = found.size();; ++router) {
      const std::string path = "routers." + std::to_string(router) + ".";
      const Column& layer = run.metrics.step_column(path + "layer");
      if (layer.empty()) break;
      found.emplace_back("layer " + significant(layer[0].value, 6), path);
    }
  }
  return found;
}

Curve drawn(const ReportRun& run, const Measure& measure, const std::string& name, std::size_t colour,
            bool band) {
  return {.name = name,
          .points = thin_curve(measure.column(run), kCurvePoints),
          .colour = colour,
          .markers = measure.validation,
          .band = band && measure.band};
}

/// One run: its measures together, or each in its own panel. Several: a panel per measure with a curve per
/// run.
CurveChart with_panels(CurveChart chart, const Runs& runs, const std::vector<Measure>& measures,
                       bool together = true) {
  Panel all;
  chart.shared_scale = together;
  for (std::size_t m = 0; m < measures.size(); ++m) {
    Panel panel = {.title = measures.size() > 1 ? measures[m].name : ""};
    Panel& target = runs.size() == 1 && together ? all : panel;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      const bool by_run = runs.size() > 1;
      target.curves.push_back(drawn(runs[r], measures[m], by_run ? runs[r].name : measures[m].name,
                                    by_run ? r : (together ? m : 0), runs.size() <= kBandRuns));
    }
    if (measures[m].reference) target.references.push_back(*measures[m].reference);
    if (!panel.curves.empty()) chart.panels.push_back(std::move(panel));
  }
  if (!all.curves.empty()) chart.panels.push_back(std::move(all));
  return chart;
}

std::vector<Measure> per_family(const Runs& runs, const std::function<Measure(const std::string&)>& measure) {
  std::vector<Measure> measures;
  for (const std::string& label : all_labels(runs)) measures.push_back(measure(label));
  return measures;
}

std::string step_count(const Runs& runs) {
  double last = 0;
  for (const ReportRun& run : runs) last = std::max(last, run.metrics.last_step + 1);
  return grouped(last);
}

/// Where all runs change stage alike; otherwise no mark is true for the whole chart.
std::vector<StageStart> common_stages(const Runs& runs) {
  const auto& first = runs[0].metrics.stages;
  for (const ReportRun& run : runs) {
    const auto& stages = run.metrics.stages;
    const bool same = std::equal(stages.begin(), stages.end(), first.begin(), first.end(),
                                 [](const StageStart& a, const StageStart& b) { return a.step == b.step; });
    if (!same) return {};
  }
  return first.size() > 1 ? first : std::vector<StageStart>{};
}

std::vector<CurveChart> loss_charts(const Runs& runs) {
  Measure validation = of_validations("validation", "bits_per_byte");
  const double unigram = number_at(runs[0].scores, {"overall", "unigram_mean_bits_per_byte"});
  if (std::isfinite(unigram)) validation.reference = Reference{"unigram coder", unigram};
  return {
      with_panels({.title = "Bits per byte over " + step_count(runs) + " training steps",
                   .note = "Lower is better. Training batches are means over equal spans of steps, the shade "
                           "their smallest "
                           "and largest; validation is on repositories that are never trained on.",
                   .y_axis = "bits per UTF-8 byte"},
                  runs, {of_steps("training", "bits_per_byte", true), validation}),
      with_panels({.title = "Validation bits per byte of each family",
                   .note = "Mean over mask ratios; a family with little text is less sure.",
                   .y_axis = "bits per UTF-8 byte"},
                  runs,
                  per_family(runs,
                             [](const std::string& label) {
                               return of_validations(label, "bits_per_byte_by_family." + label);
                             })),
      with_panels(
          {.title = "Training loss per token",
           .note =
               "NELBO is the objective alone; the total adds the router’s losses with their coefficients.",
           .y_axis = "nats per token"},
          runs, {of_steps("NELBO", "nelbo"), of_steps("total", "total")}),
  };
}

std::vector<CurveChart> specialization_charts(const Runs& runs) {
  std::vector<Measure> entropy;
  for (const auto& [name, path] : routers(runs)) entropy.push_back(of_steps(name, path + "entropy"));
  if (entropy.empty()) entropy.push_back(of_steps("all layers", "router_entropy"));
  return {
      with_panels(
          {.title = "Specialization S1 of each family on validation text",
           .note =
               "Share of a family’s tokens that go to its own expert, scaled: 1 is all, 0 is chance, below 0 "
               "is less than chance.",
           .y_axis = "S1",
           .y_high = 1},
          runs,
          per_family(runs,
                     [](const std::string& label) {
                       Measure measure = of_validations(label, "specialization." + label);
                       measure.reference = Reference{"chance", 0};
                       return measure;
                     })),
      with_panels({.title = "How often the router names the right family",
                   .note = "Accuracy on training segments, mean over the routed layers.",
                   .y_axis = "share of segments",
                   .y_low = 0,
                   .y_high = 1},
                  runs,
                  per_family(runs,
                             [](const std::string& label) {
                               return of_routers(label, "families." + label + ".accuracy");
                             })),
      with_panels({.title = "Router entropy by layer",
                   .note = "Divided by the logarithm of the number of experts: 1 is undecided, 0 is certain.",
                   .y_axis = "entropy / log E",
                   .y_low = 0,
                   .y_high = 1},
                  runs, entropy),
      with_panels({.title = "The router’s losses before their coefficients",
                   .note = "Supervised: cross entropy against the framework label. Load balance: 1 is even, "
                           "E is one expert for "
                           "all. z: mean squared log-sum-exp of the logits.",
                   .y_axis = "loss",
                   .y_low = 0},
                  runs,
                  {of_steps("supervised, nats", "supervised"), of_steps("load balance", "load_balance"),
                   of_steps("z", "z")},
                  false),
  };
}

/// What only one run at a time can show: every expert of every layer.
std::vector<CurveChart> expert_charts(const Runs& runs) {
  if (runs.size() != 1) return {};
  const std::vector<std::string> labels = runs[0].labels();
  CurveChart load = {.title = "Share of training tokens that each expert serves, by layer",
                     .note = "The shares of a layer add up to 1.",
                     .y_axis = "share of tokens",
                     .y_low = 0};
  CurveChart norms = {.title = "Gradient norms of routers and experts, by layer",
                      .note = "Logarithmic. An expert that serves nobody learns nothing.",
                      .y_axis = "L2 norm",
                      .log_scale = true};
  const auto expert_name = [&](std::size_t e) {
    return "expert " + std::to_string(e) + (e < labels.size() ? " (" + labels[e] + ")" : "");
  };
  for (const auto& [name, path] : routers(runs)) {
    Panel load_panel = {.title = name};
    Panel norm_panel = {.title = name};
    for (std::size_t e = 0; !runs[0].metrics.step_column(path + "load." + std::to_string(e)).empty(); ++e) {
      const std::string expert = expert_name(e);
      const std::string index = std::to_string(e);
      load_panel.curves.push_back(drawn(runs[0], of_steps(expert, path + "load." + index), expert, e, false));
      norm_panel.curves.push_back(
          drawn(runs[0], of_steps(expert, path + "gradient_norm.experts." + index), expert, e, false));
    }
    const std::size_t colour = norm_panel.curves.size();
    norm_panel.curves.push_back(
        drawn(runs[0], of_steps("router", path + "gradient_norm.router"), "router", colour, false));
    load.panels.push_back(load_panel);
    norms.panels.push_back(norm_panel);
  }
  return {load, norms};
}

std::vector<CurveChart> optimizer_charts(const Runs& runs) {
  return {with_panels({.title = "Learning rate", .y_axis = "learning rate", .y_low = 0}, runs,
                      {of_steps("learning rate", "learning_rate")}),
          with_panels({.title = "Gradient norm before clipping",
                       .note = "Logarithmic; of all parameters, the shade from smallest to largest.",
                       .y_axis = "L2 norm",
                       .log_scale = true},
                      runs, {of_steps("all parameters", "gradient_norm", true)})};
}

}  // namespace

Markup training_section(const Runs& runs, ChartSet& charts) {
  Markup grid;
  const std::vector<StageStart> stages = common_stages(runs);
  for (const auto& part : {loss_charts, specialization_charts, expert_charts, optimizer_charts}) {
    for (CurveChart& chart : part(runs)) {
      chart.marks = stages;
      grid += charts.add(chart);
    }
  }
  std::string standfirst;
  if (!stages.empty()) {
    std::vector<std::string> names;
    for (const StageStart& stage : stages)
      names.push_back(stage.name + " (from step " + grouped(stage.step) + ")");
    standfirst = "Stages of the schedule, marked by dotted lines: " + listed(names) + ".";
  }
  return section("training", "How training went", standfirst,
                 grid.empty() ? grid : element("div", {{"class", "charts"}}, grid));
}

}  // namespace palimpsest::evaluate
