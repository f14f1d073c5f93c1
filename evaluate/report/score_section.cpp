#include <algorithm>
#include <cmath>
#include <set>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

constexpr const char* kBits = "bits_per_byte";
constexpr std::size_t kRepositories = 25;

struct Baseline {
  std::string name;
  Estimate overall;
  std::vector<Estimate> families;  ///< in the order of the labels
};

/// `unigram_bits_per_byte` -> "unigram": a baseline that stands beside the model's own figure.
std::string sibling_baseline(const std::string& key) {
  const std::string ending = std::string("_") + kBits;
  if (!key.ends_with(ending) || key.starts_with("mean_")) return "";
  return key.substr(0, key.size() - ending.size());
}

/// Named baselines, the model without visible headers last: siblings of the families' figures, and
/// `baselines`: an object by name, or an array with `name`.
std::vector<Baseline> baselines(const io::Json& scores, const std::vector<std::string>& labels) {
  std::vector<Baseline> found;
  std::set<std::string> seen;
  for (const std::string& label : labels) {
    for (const auto& [key, value] : at_path(scores, {"families", label}).items()) {
      const std::string name = sibling_baseline(key);
      if (name.empty() || name.ends_with("_mean") || !seen.insert(name).second) continue;
      Baseline baseline = {name, estimate_at(at_path(scores, {"overall"}), name + "_mean_" + kBits), {}};
      if (!baseline.overall.known()) baseline.overall = estimate_at(at_path(scores, {"overall"}), key);
      for (const std::string& of : labels) {
        baseline.families.push_back(estimate_at(at_path(scores, {"families", of}), key));
      }
      found.push_back(baseline);
    }
  }
  for (const auto& [key, entry] : at_path(scores, {"baselines"}).items()) {
    const std::string given = string_at(entry, {"name"});
    const std::string name = given.empty() ? key : given;
    if (!seen.insert(name).second) continue;
    Baseline baseline = {
        name, entry.is_number() ? as_estimate(entry) : estimate_at(entry, std::string("mean_") + kBits), {}};
    if (!baseline.overall.known()) baseline.overall = estimate_at(entry, kBits);
    for (const std::string& of : labels) {
      const io::Json& family = at_path(entry, {"families", of});
      baseline.families.push_back(family.is_number() ? as_estimate(family) : estimate_at(family, kBits));
    }
    found.push_back(baseline);
  }
  if (const io::Json& bare = at_path(scores, {"without_header"}); bare.is_object()) {
    Baseline baseline = {"without header", estimate_at(bare, std::string("mean_") + kBits), {}};
    for (const std::string& of : labels)
      baseline.families.push_back(estimate_at(at_path(bare, {"families", of}), kBits));
    found.push_back(baseline);
  }
  return found;
}

Estimate overall_bits(const ReportRun& run) {
  const io::Json& overall = at_path(run.scores, {"overall"});
  const Estimate mean = estimate_at(overall, std::string("mean_") + kBits);
  return mean.known() ? mean : estimate_at(overall, kBits);
}

constexpr const char* kMeanRow = "mean of families";

Markup family_table(const ReportRun& run, bool with_sizes) {
  const std::vector<std::string> labels = run.labels();
  const std::vector<Baseline> others = baselines(run.scores, labels);
  std::vector<std::string> head = {"family", "bits/byte"};
  for (const Baseline& other : others) head.push_back(other.name + ", bits/byte");
  head.emplace_back("perplexity");
  if (with_sizes) head.insert(head.end(), {"tokens", "text"});
  Table table(
      "Bits per byte on split “" + string_at(run.scores, {"split"}) + "”, with 95 % intervals where measured",
      head);
  const auto add = [&](const std::string& name, const Estimate& bits, const std::vector<Estimate>& of_others,
                       const io::Json& more) {
    std::vector<Cell> cells = {name, Cell(shown(bits, 3), "strong")};
    for (const Estimate& other : of_others) cells.emplace_back(shown(other, 3));
    cells.emplace_back(shown(estimate_at(more, "perplexity"), 1));
    if (with_sizes) {
      cells.emplace_back(grouped(number_at(more, {"tokens"})));
      cells.emplace_back(byte_size(number_at(more, {"bytes"})));
    }
    table.add(cells);
  };
  for (std::size_t f = 0; f < labels.size(); ++f) {
    std::vector<Estimate> of_others;
    for (const Baseline& other : others) of_others.push_back(other.families[f]);
    const io::Json& family = at_path(run.scores, {"families", labels[f]});
    if (family.is_object()) add(labels[f], estimate_at(family, kBits), of_others, family);
  }
  std::vector<Estimate> of_others;
  for (const Baseline& other : others) of_others.push_back(other.overall);
  if (overall_bits(run).known())
    add(kMeanRow, overall_bits(run), of_others, at_path(run.scores, {"overall"}));
  return table.empty() ? Markup() : table.markup();
}

void add_dots(DotChart& chart, const ReportRun& run, std::size_t colour, bool with_baselines) {
  const std::vector<std::string> labels = run.labels();
  const auto add = [&](const std::string& row, const std::string& name, const Estimate& bits, bool baseline) {
    const Estimate drawn = bits.has_interval() ? bits : Estimate{bits.value, bits.value, bits.value};
    chart.dots.push_back({row, name, drawn.value, drawn.low, drawn.high, colour, baseline});
  };
  const std::vector<Baseline> others =
      with_baselines ? baselines(run.scores, labels) : std::vector<Baseline>();
  add(kMeanRow, run.name, overall_bits(run), false);
  for (const Baseline& other : others) add(kMeanRow, other.name, other.overall, true);
  for (std::size_t f = 0; f < labels.size(); ++f) {
    add(labels[f], run.name, estimate_at(at_path(run.scores, {"families", labels[f]}), kBits), false);
    for (const Baseline& other : others) add(labels[f], other.name, other.families[f], true);
  }
}

/// `repositories` or `by_repository`: an array of objects, or objects by name; the largest first.
Markup repository_table(const ReportRun& run) {
  struct Row {
    std::string name, family;
    Estimate bits;
    double bytes;
  };
  std::vector<Row> rows;
  for (const char* where : {"repositories", "by_repository"}) {
    const io::Json& list = at_path(run.scores, {where});
    if (!list.is_structured()) continue;
    for (const auto& [key, entry] : list.items()) {
      std::string name = list.is_object() ? key : "";
      for (const char* field : {"name", "repo", "repository"})
        name = name.empty() ? string_at(entry, {field}) : name;
      std::string family = string_at(entry, {"family"});
      if (family.empty()) family = string_at(entry, {"label"});
      rows.push_back({name, family, estimate_at(entry, kBits), number_at(entry, {"bytes"})});
    }
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return (std::isfinite(a.bytes) ? a.bytes : 0) > (std::isfinite(b.bytes) ? b.bytes : 0);
  });
  Table table("Bits per byte by repository, largest first" +
                  (rows.size() > kRepositories ? std::string(", ") + std::to_string(kRepositories) + " of " +
                                                     std::to_string(rows.size())
                                               : ""),
              {"repository", "family", "bits/byte", "text"});
  for (std::size_t i = 0; i < std::min(rows.size(), kRepositories); ++i) {
    table.add({rows[i].name, rows[i].family, shown(rows[i].bits, 3), byte_size(rows[i].bytes)});
  }
  return element("details", element("summary", text("By repository")) + table.markup());
}

}  // namespace

Markup score_section(const Runs& runs, ChartSet& charts) {
  DotChart chart = {
      .title = "Bits per byte of each family",
      .note =
          "Further left is better. Filled dots: the model, with its confidence interval where measured; open "
          "marks: baselines on the same bytes.",
      .x_axis = "bits per UTF-8 byte",
      .dots = {}};
  bool first = true;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (runs[r].scores.is_null()) continue;
    add_dots(chart, runs[r], r, first);
    first = false;
  }
  const Markup figure = charts.add(chart);
  Markup body;
  if (runs.size() > 1) {
    body = figure + side_by_side(runs, [](const ReportRun& run) { return family_table(run, false); });
  } else {
    body = figure + family_table(runs[0], true);
    if (!body.empty()) body = element("div", {{"class", "beside"}}, body);
  }
  body += side_by_side(runs, repository_table);
  return section("scores", "How well the text is predicted",
                 "Bits per byte is the negative evidence lower bound (NELBO) divided by the UTF-8 bytes of "
                 "the text: lower is "
                 "better, and it does not depend on the tokenizer. The unigram coder knows only how frequent "
                 "each token is.",
                 body);
}

}  // namespace palimpsest::evaluate
